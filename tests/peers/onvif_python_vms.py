"""onvif-python as the client of a VMS: see tests/story/test_onvif_site_vms.py. HOST PORT USER, ONVIF_PASSWORD."""

import json
import os
import sys
import time
from datetime import datetime
from typing import Any

from onvif import CacheMode, ONVIFClient, ONVIFOperationException

AGAIN_S = 0.5
"""As a VMS does it: asked again at once, a site that is away would be stormed by all its clients."""


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    host, port, user = sys.argv[1:]
    client = ONVIFClient(host, int(port), user, os.environ["ONVIF_PASSWORD"], cache=CacheMode.NONE)
    say(cameras=cameras(client))
    heard_until, point = None, None
    while True:
        try:
            if point is None:
                point = client.pullpoint(client.events().CreatePullPointSubscription())
                say(subscribed=True)
                if heard_until is not None:
                    point.Seek(UtcTime=heard_until)
            pulled = point.PullMessages(Timeout="PT20S", MessageLimit=100)
        except ONVIFOperationException as error:
            say(lost=str(error))
            point = None
            time.sleep(AGAIN_S)
            continue
        for one in pulled.NotificationMessage or ():
            message = one.Message.Message
            if message["PropertyOperation"] != "Initialized":
                heard_until = message["UtcTime"]
            # It keeps one item of several.
            items = (message["Data"] or {}).get("SimpleItem") or []
            say(
                operation=message["PropertyOperation"],
                at=moment(message["UtcTime"]),
                items={item["Name"]: plain(item["Value"]) for item in (items if isinstance(items, list) else [items])},
                clock=time.time(),
            )


def moment(value: Any) -> float:
    """UTC, Unix seconds."""
    return (value if isinstance(value, datetime) else datetime.fromisoformat(str(value))).timestamp()


def plain(value: Any) -> str:
    """It makes other types of what was written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def cameras(client: ONVIFClient) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for profile in client.media2().GetProfiles():
        try:
            found[profile.Name] = client.media2().GetStreamUri(Protocol="RtspUnicast", ProfileToken=profile.token)
        except ONVIFOperationException:
            found[profile.Name] = None
    return found


if __name__ == "__main__":
    main()
