"""onvif-zeep-async as the client of a VMS: see tests/story/test_onvif_site_vms.py. HOST PORT USER, ONVIF_PASSWORD."""

import asyncio
import json
import logging
import os
import sys
import time
from datetime import timedelta
from typing import Any

import aiohttp
from onvif.exceptions import ONVIFError
from zeep.exceptions import Fault

from onvif import ONVIFCamera

PULL = {"MessageLimit": 100, "Timeout": timedelta(seconds=20)}
AGAIN_S = 0.5
"""As a VMS does it: asked again at once, a site that is away would be stormed by all its clients."""
AWAY = (ONVIFError, Fault, aiohttp.ClientError, TimeoutError)


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def main() -> None:
    host, port, user = sys.argv[1:]
    camera = ONVIFCamera(host, int(port), user, os.environ["ONVIF_PASSWORD"], no_cache=True)
    await camera.update_xaddrs()
    say(cameras=await cameras(camera))
    heard_until, manager = None, None
    while True:
        try:
            if manager is None:
                manager = await camera.create_pullpoint_manager(timedelta(minutes=2), lambda: None)
                say(subscribed=True)
                if heard_until is not None:
                    await manager.get_service().Seek({"UtcTime": heard_until})
            pulled = await manager.get_service().PullMessages(PULL)
        except AWAY as error:
            say(lost=f"{type(error).__name__}: {error}")
            if manager is not None:
                manager.pause()
            manager = None
            await asyncio.sleep(AGAIN_S)
            continue
        for one in pulled.NotificationMessage:
            message = one.Message._value_1
            if message.PropertyOperation != "Initialized":
                heard_until = message.UtcTime
            say(
                operation=message.PropertyOperation,
                at=message.UtcTime.timestamp(),
                items={item.Name: item.Value for item in message.Data.SimpleItem} if message.Data else {},
                clock=time.time(),
            )


async def cameras(camera: ONVIFCamera) -> dict[str, str | None]:
    media, found = await camera.create_media_service(), {}
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    for profile in await media.GetProfiles():
        try:
            told = await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
            found[profile.Name] = told.Uri
        except Fault:
            found[profile.Name] = None
    return found


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(main())
