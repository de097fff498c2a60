"""The PyPI package onvif-python, in an environment of its own: HOST PORT USER, the password in ONVIF_PASSWORD."""

import json
import os
import sys
from typing import Any

from onvif import CacheMode, ONVIFClient


def main() -> None:
    host, port, user = sys.argv[1:]
    password = os.environ["ONVIF_PASSWORD"]
    client = ONVIFClient(host, int(port), user, password, cache=CacheMode.NONE)
    profiles = client.media2().GetProfiles(Type=["All"])
    old = client.media().GetProfiles()
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    subscription = client.events().CreatePullPointSubscription()
    pulled = client.pullpoint(subscription).PullMessages(Timeout="PT5S", MessageLimit=10)
    client.subscription(subscription).Renew(TerminationTime="PT60S")
    client.subscription(subscription).Unsubscribe()
    said: dict[str, Any] = {
        "model": client.devicemgmt().GetDeviceInformation().Model,
        "codecs": {each.token: each.Configurations.VideoEncoder.Encoding for each in profiles},
        "gops": {each.token: each.Configurations.VideoEncoder.GovLength for each in profiles},
        "widths": {each.token: each.VideoEncoderConfiguration.Resolution.Width for each in old},
        "uris": {
            each.token: client.media().GetStreamUri(StreamSetup=setup, ProfileToken=each.token).Uri for each in old
        },
        # It loses the text of topics, so that only the state can be compared.
        "states": [each.Message.Message["Data"]["SimpleItem"]["Value"] for each in pulled.NotificationMessage],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
