"""/snapshot/PROFILE: a JPEG of what a camera sees now, for accounts that sign in by HTTP digest."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.onvif_device.door import Admission, Doorkeeper
from vigilanza.bridge.onvif_device.media import SNAPSHOTS
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.stills import Stills
from vigilanza.domain.errors import JournalUnavailable, NoPictures

WAITING_MAX = 32
"""Askers whose picture is being made, or waits for its turn; more are told to come again."""
AGAIN_S = "5"


class Snapshots:
    """Makes one picture at a time: the machine is there to watch. Who looks is written down before the first byte."""

    def __init__(self, *, place: Place, stills: Stills, door: Doorkeeper, registry: CollectorRegistry) -> None:
        self._cameras = {channel.profile: channel.camera for channel in place.channels}
        self._stills, self._door = stills, door
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="stills")
        self._waiting = 0
        self._turned_away = Counter(
            "vigilanza_onvif_stills_turned_away", "Askers for stills who came when too many waited", registry=registry
        )

    async def show(self, asked: web.Request) -> web.Response:
        """The picture, or why not. Only GET: nothing is told that is not written down."""
        if asked.method != "GET":
            return web.Response(status=405, headers={"Allow": "GET"})
        admission = self._door.admit_reader(
            authorization=asked.headers.get("authorization", ""),
            method=asked.method,
            target=asked.raw_path,
            peer=asked.remote or "",
        )
        if not admission.granted:
            return _refused(admission)
        try:
            return await self._picture(asked.path.removeprefix(SNAPSHOTS), admission.account, asked.remote or "")
        except web.HTTPException as refusal:
            return web.Response(status=refusal.status, text=refusal.text, headers=refusal.headers)

    def close(self) -> None:
        """Make no more."""
        self._maker.shutdown(wait=False, cancel_futures=True)

    async def _picture(self, profile: str, account: str, peer: str) -> web.Response:
        camera = self._cameras.get(profile)
        if camera is None:
            raise web.HTTPNotFound(text="there is no such profile\n")
        if not self._stills.may_see(account, camera):
            raise web.HTTPForbidden(text="this account may not watch this camera\n")
        if self._waiting >= WAITING_MAX:
            self._turned_away.inc()
            _come_again("too many ask for stills")
        self._waiting += 1
        try:
            make = asyncio.get_running_loop().run_in_executor(self._maker, self._make, account, camera, peer)
            jpeg = await make
        except NoPictures as error:
            _come_again(str(error))
        except JournalUnavailable:
            _come_again("the audit chain does not answer: nothing is shown")
        finally:
            self._waiting -= 1
        return web.Response(body=jpeg, headers={"Content-Type": "image/jpeg", "Cache-Control": "no-store"})

    def _make(self, account: str, camera: str, peer: str) -> bytes:
        jpeg = self._stills.newest(camera)
        self._stills.write_down(account, camera, peer)
        return jpeg


def _refused(admission: Admission) -> web.Response:
    response = web.Response(status=429 if admission.shut else 401)
    if admission.shut:
        response.headers["Retry-After"] = "60"
    for challenge in admission.challenges:
        response.headers.add("WWW-Authenticate", challenge)
    return response


def _come_again(why: str) -> NoReturn:
    raise web.HTTPServiceUnavailable(text=f"{why}\n", headers={"Retry-After": AGAIN_S})
