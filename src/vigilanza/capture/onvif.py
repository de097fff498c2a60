"""A network camera over ONVIF, asked from synchronous code: one short conversation per question."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from vigilanza.capture.description import CameraDescription, Device, Profile, choose_profile
from vigilanza.capture.name import NameLookup
from vigilanza.capture.onvif_route import Route
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.capture.trust import Trust
from vigilanza.domain.errors import ConfigError, SourceRefused, SourceUnavailable

if TYPE_CHECKING:
    from vigilanza.capture.onvif_media import MediaService

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
EVENTS = "http://www.onvif.org/ver10/events/wsdl"
PATIENCE_S = 10.0
"""For a whole conversation of about four questions; slow cameras take a second for each."""
_HALF_A_SECOND = 0.5
"""Cameras tell whole seconds, so that their time is on average so much later than they say."""
_LOOK_S = 0.1
"""So soon it is seen that a conversation is wanted no more."""
_loading = threading.Lock()
_T = TypeVar("_T")


class OnvifClient:
    """One camera, of which `target` says where it is. `user` None asks without signing in.

    A host that is a name is looked up anew for each conversation. ConfigError if it is to be asked by HTTPS and nobody
    says how to know it (`trust`). Wherever it sends us on to, no other host is asked.
    All methods raise SourceUnavailable or SourceRefused, without credentials, as Source.packets does.
    """

    def __init__(
        self,
        *,
        target: OnvifTarget,
        user: str | None,
        password: str | None,
        trust: Trust | None = None,
        patience: float = PATIENCE_S,
    ) -> None:
        self.where = target.where
        if target.secure and trust is None:
            raise ConfigError(f"{self.where}: onvifs:// needs a ca_file to know the camera by")
        self._target, self._trust, self._user, self._password = target, trust, user, password
        self._patience, self._name = patience, NameLookup(target.host)

    def __repr__(self) -> str:
        return f"OnvifClient({self.where!r})"

    def describe(self, stop: threading.Event | None = None) -> CameraDescription:
        """Everything we want to know about a camera; SourceUnavailable soon after `stop` was set."""
        return self._converse(_describe, stop)

    def stream_uri(self, wanted: str) -> str:
        """The RTSP address, without credentials, of the profile that `choose_profile` takes for `wanted`."""

        async def ask(talk: "OnvifTalk") -> str:
            media, profiles = await talk.media()
            profile = choose_profile(profiles, wanted)
            url = await media.stream_uri(profile.token)
            if not url.lower().startswith(("rtsp://", "rtsps://")):  # never let a device name us a file or a program
                raise SourceRefused("the camera gives an address that is not of RTSP")
            return talk.route.reach(url)

        return self._converse(ask)

    @asynccontextmanager
    async def talk(self) -> "AsyncIterator[OnvifTalk]":
        """A conversation whose services are known; for code that is asynchronous itself. Raises foreign errors."""
        load_library()
        from vigilanza.capture.onvif_signed import SignedCamera

        # Without a user it signs all the same, as nobody: a camera that asks for none does not look.
        host, port, secure = self._target.host, self._target.port, self._target.secure
        camera = SignedCamera(
            host,
            port,
            self._user or "",
            self._password or "",
            name=self._name,
            secure=secure,
            trust=None if self._trust is None else self._trust.context(host),
        )
        try:
            try:
                await camera.update_xaddrs()
            except (AttributeError, TypeError, ValueError):
                # It tells no time that can be read, as some do until they are set up: sign by our own clock.
                camera.adjust_time = False
                await camera.update_xaddrs()
            yield OnvifTalk(camera, Route.learn(host, port, camera.xaddrs.get(DEVICE), secure=secure))
        finally:
            await camera.close()

    def _converse(self, ask: "Callable[[OnvifTalk], Awaitable[_T]]", stop: threading.Event | None = None) -> _T:
        async def conversation() -> _T:
            async with asyncio.timeout(self._patience), self.talk() as talk:
                return await ask(talk)

        load_library()
        from vigilanza.capture.onvif_errors import translated

        with translated(self.where):
            return asyncio.run(conversation() if stop is None else _unless(stop, conversation()))


async def _unless(stop: threading.Event, work: Coroutine[Any, Any, _T]) -> _T:
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_S)
        if stop.is_set():
            task.cancel()
    if task.cancelled():
        raise SourceUnavailable("given up, because nobody waits for the answer any more")
    return await task


class OnvifTalk:
    """A conversation under way. `camera` is the library's; its service addresses are made reachable by `route`."""

    def __init__(self, camera: Any, route: Route) -> None:
        self.camera, self.route = camera, route
        said, camera.xaddrs = camera.xaddrs, {}
        for namespace, url in said.items():
            with suppress(SourceUnavailable):  # a service without an address is none
                camera.xaddrs[namespace] = route.reach(url)

    @property
    def clock_ahead(self) -> float | None:
        """Seconds the camera's clock is ahead of ours; None if it does not tell."""
        ahead: timedelta | None = self.camera.dt_diff
        return None if ahead is None else ahead.total_seconds() + _HALF_A_SECOND

    @property
    def has_events(self) -> bool:
        """Whether it has an event service."""
        return EVENTS in self.camera.xaddrs

    async def device(self) -> Device:
        """Who made it, and what it is."""
        service = await self.camera.create_devicemgmt_service()
        said = await service.GetDeviceInformation()
        return Device(
            *(str(text or "") for text in (said.Manufacturer, said.Model, said.FirmwareVersion, said.SerialNumber))
        )

    async def media(self) -> "tuple[MediaService, tuple[Profile, ...]]":
        """The newest media service that answers, and its profiles; some cameras announce Media2 and refuse it."""
        from zeep.exceptions import Fault

        from vigilanza.capture.onvif_media import MEDIA, MEDIA2, Media2, OldMedia

        old = MEDIA in self.camera.xaddrs
        if MEDIA2 in self.camera.xaddrs:
            media2 = Media2(await self.camera.create_devicemgmt_service(), self.camera.xaddrs[MEDIA2])
            try:
                profiles = await media2.profiles()
            except (Fault, ValueError):
                if not old:
                    raise
            else:
                if profiles or not old:
                    return media2, profiles
        if not old:
            encrypted = " by HTTPS" if self.route.secure else ""
            raise SourceRefused(f"the camera offers no media service{encrypted}")
        media = OldMedia(await self.camera.create_media_service())
        return media, await media.profiles()


async def _describe(talk: OnvifTalk) -> CameraDescription:
    device = await talk.device()
    _, profiles = await talk.media()
    return CameraDescription(device, profiles, talk.clock_ahead, talk.has_events)


def load_library() -> None:
    """Import the ONVIF library, which takes a second: only where a camera is asked by ONVIF, and in one thread."""
    root = logging.getLogger()
    with _loading:
        silencer = logging.NullHandler()
        # On import it sets up logging at INFO for the whole process, unless somebody has done so before.
        root.addHandler(silencer)
        try:
            import onvif  # noqa: F401

            # A traceback for every element that a camera writes wrongly; what matters of it we say ourselves.
            logging.getLogger("zeep.xsd").setLevel(logging.CRITICAL)
        finally:
            root.removeHandler(silencer)
