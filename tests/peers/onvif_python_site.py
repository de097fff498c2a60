"""The PyPI package onvif-python asks the site as a VMS would: HOST PORT USER, the password in ONVIF_PASSWORD."""

import json
import os
import sys
from typing import Any

from onvif import CacheMode, ONVIFClient


def main() -> None:
    host, port, user = sys.argv[1:]
    client = ONVIFClient(host, int(port), user, os.environ["ONVIF_PASSWORD"], cache=CacheMode.NONE)
    media2, events = client.media2(), client.events()
    profiles = media2.GetProfiles(Type=["All"])
    rules = profiles[0].Configurations.Analytics.token
    subscription = events.CreatePullPointSubscription()
    pulled = client.pullpoint(subscription).PullMessages(Timeout="PT5S", MessageLimit=100)
    client.pullpoint(subscription).SetSynchronizationPoint()
    client.pullpoint(subscription).Seek(UtcTime="2020-01-01T00:00:00Z")
    client.subscription(subscription).Renew(TerminationTime="PT60S")
    client.subscription(subscription).Unsubscribe()
    said: dict[str, Any] = {
        "serial": client.devicemgmt().GetDeviceInformation().SerialNumber,
        "profiles": {each.token: each.Configurations.VideoEncoder.Encoding for each in profiles},
        "metadata": [each.token for each in media2.GetMetadataConfigurations()],
        "uri": media2.GetStreamUri(Protocol="RtspUnicast", ProfileToken=profiles[0].token),
        "rules": [each.Name for each in client.ruleengine().GetRules(ConfigurationToken=rules)],
        "modules": [each.Name for each in client.analytics().GetAnalyticsModules(ConfigurationToken=rules)],
        "inputs": [each.token for each in client.deviceio().GetDigitalInputs()],
        "brokers": [each.TopicPrefix for each in events.GetEventBrokers()],
        "persistent": events.GetServiceCapabilities().PersistentNotificationStorage,
        "messages": len(pulled.NotificationMessage),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
