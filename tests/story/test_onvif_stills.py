"""A VMS asks the site for a still as its library does, and gets what the camera sees now, black where it must be."""

import asyncio
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import Engine

from onvif import ONVIFCamera
from tests.commands import wait_until
from tests.live import RIGHT_HALF, camera, live
from tests.onvif_site import PASSWORD, USER, Running, onvif_site
from tests.videos import video
from vigilanza.app.newest import NewestStills
from vigilanza.app.stills import LiveStills
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.clock import SystemClock
from vigilanza.domain.door import Polygon
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.viewings import ViewingBook

PLACE = Place.of(site="0423", name="via Esempio 4", doors={"c": []})


def stills(engine: Engine, folder: Path, masks: list[Polygon]) -> LiveStills:
    return LiveStills(
        newest=NewestStills(cameras=[camera(masks=masks)], taps={"c": folder / "live.socket"}, clock=SystemClock()),
        allowed={USER: None},
        book=ViewingBook(audit=AuditChain(engine=engine, clock=SystemClock()), clock=SystemClock()),
    )


async def snapshot(site: Running) -> bytes:
    """As integrations do it: the library asks for the profile and its address, then fetches."""
    client = ONVIFCamera("127.0.0.1", site.device.port, USER, PASSWORD, no_cache=True)
    try:
        await client.update_xaddrs()
        media = await client.create_media_service()
        [profile] = await media.GetProfiles()
        assert (await client.get_capabilities()) is not None
        jpeg = await client.get_snapshot(profile.token)
        assert jpeg is not None
        return bytes(jpeg)
    finally:
        await client.close()


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_still_is_the_newest_picture_with_its_mask_black(tmp_path: Path, codec: str) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    chain = AuditChain(engine=engine, clock=SystemClock())
    with (
        live(tmp_path, video(codec)) as camera_,
        onvif_site(engine, place=PLACE, stills=stills(engine, tmp_path, [RIGHT_HALF])) as site,
    ):
        seen = cv2.imdecode(np.frombuffer(asyncio.run(snapshot(site)), np.uint8), cv2.IMREAD_COLOR)
        [record] = [one for one in chain.latest() if one.action == "still.viewed"]
        assert (record.who, record.subject, record.detail) == (f"video/{USER}", "c", '{"peer":"127.0.0.1"}')
        camera_.watched.end()
    assert seen is not None
    height, width = seen.shape[:2]
    assert (width, height) == (320, 180)
    assert seen[:, width // 2 + 8 :].max() <= 2
    assert seen[:, : width // 2 - 8].mean() > 20


def test_a_camera_that_is_not_watched_gives_none(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    with onvif_site(engine, place=PLACE, stills=stills(engine, tmp_path, [])) as site:
        url = f"http://127.0.0.1:{site.device.port}/snapshot/{PLACE.channels[0].profile}"
        answer = httpx.get(url, auth=httpx.DigestAuth(USER, PASSWORD))
        assert (answer.status_code, answer.text) == (503, "the camera is not watched\n")
        with live(tmp_path, video()):
            wait_until("the camera to be seen", lambda: _is_jpeg(url))


def _is_jpeg(url: str) -> bool:
    return httpx.get(url, auth=httpx.DigestAuth(USER, PASSWORD)).content[:2] == b"\xff\xd8"
