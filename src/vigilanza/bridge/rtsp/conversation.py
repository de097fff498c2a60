"""What one client asks and hears (RFC 2326): interleaved TCP only, so that RTSPS encrypts everything."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.rtsp.credentials import Account, Challenge
from vigilanza.bridge.rtsp.description import TRACK, describe
from vigilanza.bridge.rtsp.figures import VideoFigures
from vigilanza.bridge.rtsp.programme import Programme, Studio, Viewings
from vigilanza.bridge.rtsp.request import BadRequest, Request, read_request, response
from vigilanza.bridge.rtsp.viewer import Viewer
from vigilanza.bridge.throttle import Throttle
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable, NoPictures

log = structlog.get_logger(__name__)

KNOWN_WITHIN_S = 10.0
"""Who has not said who they are by then is cut off."""
SESSION_S = 60.0
"""A client that does not watch must ask for something at least so often."""
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
ASK_AGAIN = {"Retry-After": "10"}
_CHANNELS = re.compile(r"interleaved=(\d{1,3})-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class House:
    """What all conversations of one server share."""

    studio: Studio
    accounts: Mapping[str, Account]
    viewings: Viewings
    throttle: Throttle
    guesses: Guesses
    figures: VideoFigures
    clock: Clock


class Refused(Exception):
    """The answer to a request that is not granted."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.headers = status, headers
        super().__init__(status)


class Conversation:
    """One connection, one camera at most."""

    def __init__(
        self, house: House, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, peer: str, host: str
    ) -> None:
        """`peer` is the client's address, `host` ours as it sees us."""
        self._house, self._reader, self._writer = house, reader, writer
        self._peer, self._host = peer, host
        self._challenge = Challenge(house.accounts)
        self._session = secrets.token_hex(8)
        self._account: Account | None = None
        self._camera: str | None = None
        self._programme: Programme | None = None
        self._channel: int | None = None
        self._viewer: Viewer | None = None

    async def run(self) -> None:
        """Until one of the two has had enough."""
        began = self._house.clock.monotonic()
        try:
            while True:
                request = await asyncio.wait_for(read_request(self._reader), self._patience(began))
                if not await self._answer(request):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it hung up
        except TimeoutError:
            self._house.throttle.count("silent")
        except BadRequest:
            self._house.throttle.count("malformed")
        finally:
            if self._viewer is not None:
                await self._viewer.stop()

    def _patience(self, began: float) -> float | None:
        if self._viewer is not None:
            return None  # whoever takes no pictures is found by that
        if self._account is not None:
            return SESSION_S
        return max(0.0, began + KNOWN_WITHIN_S - self._house.clock.monotonic())

    async def _answer(self, request: Request) -> bool:
        """False if this was the last one."""
        try:
            await self._grant(request)
        except Refused as refusal:
            self._say(request, refusal.status, refusal.headers)
            return refusal.status != 403
        return request.method != "TEARDOWN"

    async def _grant(self, request: Request) -> None:
        if request.method != "OPTIONS":
            self._account = self._who(request)
        match request.method:
            case "OPTIONS":
                self._say(request, 200, {"Public": METHODS})
            case "DESCRIBE":
                programme = await self._open(request)
                base = {"Content-Type": "application/sdp", "Content-Base": request.url.rstrip("/") + "/"}
                self._say(request, 200, base, describe(programme.format, host=self._host))
            case "SETUP":
                await self._set_up(request)
            case "PLAY" if self._viewer is None:
                await self._play(request)
            case "PLAY" | "GET_PARAMETER" | "SET_PARAMETER" | "TEARDOWN":
                self._say(request, 200, self._named)
            case _:
                raise Refused(501, {"Allow": METHODS})

    def _who(self, request: Request) -> Account:
        """Refused with a challenge if it is not proven."""
        throttle, given = self._house.throttle, request.headers.get("authorization", "")
        if given and not throttle.is_open(self._peer):
            throttle.count("throttled")
            self._house.guesses.note(self._peer)
            raise Refused(403, {"Retry-After": "60"})
        account = self._challenge.judge(given, method=request.method)
        if account is None:
            if given:
                throttle.count("wrong")
                throttle.note_wrong(self._peer)
                self._house.guesses.note(self._peer)
            raise Refused(401, {"WWW-Authenticate": self._challenge.header})
        return account

    async def _open(self, request: Request) -> Programme:
        """Of the camera that the request names; Refused if there is none, or it is not for this account."""
        assert self._account is not None
        camera, *track = request.path or ("",)
        if self._viewer is not None or (self._camera is not None and camera != self._camera):
            raise Refused(455)
        if not self._account.may_watch(camera):
            self._house.throttle.count("forbidden")
            raise Refused(403)
        if camera not in self._house.studio.cameras() or track not in ([], [TRACK]):
            raise Refused(404)
        if self._programme is None:
            try:
                self._programme = await asyncio.to_thread(self._house.studio.open, camera)
            except NoPictures as error:
                log.info("video: no pictures to show", camera=camera, why=str(error))
                raise Refused(503, ASK_AGAIN) from error
            self._camera = camera
        return self._programme

    async def _set_up(self, request: Request) -> None:
        await self._open(request)
        transport = request.headers.get("transport", "")
        found = _CHANNELS.search(transport)
        if "RTP/AVP/TCP" not in transport.upper() or found is None or max(int(found[1]), int(found[2])) > 255:
            raise Refused(461)  # players try TCP next
        self._channel = int(found[1])
        chosen = f"RTP/AVP/TCP;unicast;interleaved={found[1]}-{found[2]}"
        self._say(request, 200, {"Transport": chosen, "Session": f"{self._session};timeout={SESSION_S:.0f}"})

    async def _play(self, request: Request) -> None:
        if self._programme is None or self._camera is None or self._channel is None or self._account is None:
            raise Refused(455)
        if request.headers.get("session", "").partition(";")[0] != self._session:
            raise Refused(454)
        house, watching = self._house, (self._account.name, self._camera)
        try:
            await asyncio.to_thread(house.viewings.begin, *watching, self._peer)
        except JournalUnavailable as error:
            log.error("video: nothing is shown while nobody can write down who watches", why=str(error))
            raise Refused(503, ASK_AGAIN) from error
        self._viewer = Viewer(
            programme=self._programme,
            writer=self._writer,
            channel=self._channel,
            figures=house.figures,
            clock=house.clock,
            on_end=lambda seconds: house.viewings.end(*watching, seconds),
        )
        track = f"{request.url.rstrip('/')}/{TRACK}"
        info = f"url={track};seq={self._viewer.next_sequence}"
        self._say(request, 200, {**self._named, "Range": "npt=now-", "RTP-Info": info})
        self._viewer.start()

    @property
    def _named(self) -> dict[str, str]:
        return {"Session": self._session}

    def _say(self, request: Request, status: int, headers: Mapping[str, str] | None = None, body: str = "") -> None:
        self._writer.write(response(request, status, headers, body))
