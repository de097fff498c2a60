"""/api/stream: server-sent events that say when the list has changed, and beat while nothing does."""

import json
import threading
from collections.abc import AsyncIterator
from functools import partial

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.role import Permission
from vigilanza.store.queries import Queries
from vigilanza.web.auth import Guard, Operator
from vigilanza.web.permit import needs
from vigilanza.web.problem import Problem

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
BEAT_SECONDS = 4.0
BEATS_PER_STREAM = 75
"""A stream ends after five minutes of silence or so many messages; the page opens it again at once."""
STREAMS_AT_ONCE = 64


class ChangeFeed:
    """One thread asks the journal for its change marker on behalf of all streams; when `stop` is set, they end."""

    def __init__(self, *, queries: Queries, clock: Clock, stop: threading.Event) -> None:
        self._queries, self._clock, self._stop = queries, clock, stop
        self._news = threading.Condition()
        self._marker: int | None = None
        self._thread = threading.Thread(target=self.run, name="change-feed", daemon=True)

    @property
    def now(self) -> float:
        """UTC in Unix seconds, by the clock it goes by."""
        return self._clock.now()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def run(self) -> None:
        """Look until stopped; while the journal does not answer there is no marker, and streams end."""
        while not self._stop.is_set():
            try:
                self.run_once()
            except Exception as error:  # noqa: BLE001 - a dead feed would let pages beat on while they see nothing
                log.warning("change feed: journal is away", why=str(error))
                self._tell(None)
            self._clock.wait(LOOK_SECONDS, self._stop)
        self._tell(None)

    def run_once(self) -> None:
        """Look once and wake those who wait, if anything has changed; JournalUnavailable if it cannot look."""
        self._tell(self._queries.marker())

    def _tell(self, marker: int | None) -> None:
        with self._news:
            if marker != self._marker:
                self._marker = marker
                self._news.notify_all()

    def wait_beyond(self, marker: int | None) -> int | None:
        """The marker as soon as it differs from `marker`, or the same after a beat; None while there is none."""
        with self._news:
            self._news.wait_for(lambda: self._stop.is_set() or self._marker != marker, BEAT_SECONDS)
            return None if self._stop.is_set() else self._marker


class LiveRoutes:
    """At most STREAMS_AT_ONCE streams; `open_streams` says how many there are, `refused` how many were turned away."""

    def __init__(self, *, feed: ChangeFeed, guard: Guard) -> None:
        self._feed, self._guard = feed, guard
        self._limiter = CapacityLimiter(STREAMS_AT_ONCE)
        self.open_streams = 0
        self.refused = 0

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router = APIRouter(prefix="/api", tags=["live"])
        router.get("/stream", response_class=StreamingResponse, dependencies=[needs(Permission.FOLLOW)])(self.stream)
        return router

    async def stream(self, request: Request, _: Operator) -> StreamingResponse:
        """Events `changed` (read the list again) and `beat`; their data is JSON: change `marker`, server's `now`."""
        if self.open_streams >= STREAMS_AT_ONCE:
            self.refused += 1
            raise Problem(503, "too_many_streams", "too many pages are open")
        lines = self._lines(self._guard.token_of(request) or "")
        return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _lines(self, token: str) -> AsyncIterator[str]:
        self.open_streams += 1
        said: int | None = None
        try:
            for _ in range(BEATS_PER_STREAM):
                look = partial(self._look, token, said)
                marker = await to_thread.run_sync(look, limiter=self._limiter, abandon_on_cancel=True)
                if marker is None:
                    return
                data = json.dumps({"marker": marker, "now": self._feed.now})
                yield f"event: {'beat' if marker == said else 'changed'}\ndata: {data}\n\n"
                said = marker
        finally:
            self.open_streams -= 1

    def _look(self, token: str, said: int | None) -> int | None:
        """What to say next; None ends the stream: signed out, or the journal is away."""
        try:
            marker = self._feed.wait_beyond(said)
            return marker if self._guard.account_of(token) is not None else None
        except JournalUnavailable:
            return None
