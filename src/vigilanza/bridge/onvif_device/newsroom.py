"""Reads the feed for all pull points at once, and only while there are any."""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from vigilanza.bridge.onvif_device.capabilities import PULL_POINTS_MAX
from vigilanza.bridge.onvif_device.filter import TopicFilter
from vigilanza.bridge.onvif_device.pullpoint import PullPoint
from vigilanza.bridge.onvif_device.soap import Fault
from vigilanza.bridge.onvif_device.topics import Notice, Topics
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.feed import Feed, Snapshot

log = structlog.get_logger(__name__)

EVERY_S = 0.1
"""So that an alarm is told within 0.2 s of its commit, as clients of events over a stream would hear it."""
PAGE = 200
_UNREADABLE = (JournalUnavailable, ValueError, KeyError)
"""The database is away, or holds something that a later version wrote: asked again until it can be read."""
_T = TypeVar("_T")


class Newsroom:
    """Owns the pull points. All methods are for its one event loop; the database is asked on other threads."""

    def __init__(self, *, feed: Feed, topics: Topics, clock: Clock, registry: CollectorRegistry) -> None:
        self._feed, self._topics, self._clock = feed, topics, clock
        self._points: dict[str, PullPoint] = {}
        self._somebody = asyncio.Event()
        self._position, self._away = 0, False
        self._overflows = Counter("vigilanza_onvif_overflows", "Pull points whose queue was full", registry=registry)
        self._open = Gauge("vigilanza_onvif_pull_points", "Pull points that live", registry=registry)

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self._somebody.wait()
            try:
                full = await self._read_once()
                self._away = False
            except _UNREADABLE as error:
                full = self._note_away(error)
            self._expire()
            if not full:
                await asyncio.sleep(EVERY_S)

    async def open(self, wanted: TopicFilter, lifetime: float) -> PullPoint:
        """A new pull point that begins with how everything stands. Fault if there are too many."""
        self._expire()
        if len(self._points) >= PULL_POINTS_MAX:
            raise Fault("wsnt:SubscribeCreationFailedFault", "too many subscriptions", receiver=True)
        standing = await self._ask(self._feed.standing)
        if not self._points:
            self._position = standing.position
        name, now = secrets.token_hex(12), self._clock.monotonic()
        point = PullPoint(name=name, wanted=wanted, position=standing.position, until=now + lifetime)
        # Whoever reads for the others may have been further already.
        point.behind = self._position > standing.position
        point.initialize(standing.position, self._initial(standing))
        self._points[name] = point
        self._count()
        return point

    def find(self, name: str) -> PullPoint:
        """Fault if there is no such pull point, or none any more."""
        self._expire()
        if name not in self._points:
            raise Fault("wsrf:ResourceUnknownFault", "there is no such subscription, or it has expired")
        return self._points[name]

    def close(self, point: PullPoint) -> None:
        """It is given back."""
        self._points.pop(point.name, None)
        point.end()
        self._count()

    async def synchronize(self, point: PullPoint) -> None:
        """Tell it again how everything stands."""
        standing = await self._ask(self._feed.standing)
        point.initialize(standing.position, self._initial(standing))

    async def seek(self, point: PullPoint, at: float, first: Callable[[], Notice]) -> None:
        """Let it go on from `at` (UTC, Unix seconds); after `first` if that is before everything that is kept.

        What was recorded late is told too, though it happened before: the asker cannot have heard of it.
        """
        oldest, position = await self._ask(self._feed.oldest), await self._ask(lambda: self._feed.before_time(at))
        is_before = oldest is None or at < oldest
        point.seek(position, [first()] if is_before else [])

    async def wait(self, point: PullPoint, seconds: float) -> None:
        """Return once something waits for it, `seconds` are over, or it is gone."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not len(point) and not point.gone:
            point.arrived.clear()
            if point.behind and await self._catch_up(point):
                continue
            if (left := deadline - loop.time()) <= 0:
                return
            try:
                # One that is behind cannot be woken by what is offered: it looks again by itself.
                await asyncio.wait_for(point.arrived.wait(), min(left, EVERY_S) if point.behind else left)
            except TimeoutError:
                continue

    async def _catch_up(self, point: PullPoint) -> bool:
        """Read the next page for one that is behind; True if there is something, or more to read."""
        served = point.served
        try:
            page = await self._ask(lambda: self._feed.after(served, PAGE))
        except _UNREADABLE as error:
            return self._note_away(error)
        if point.served != served:
            return True  # it was sent elsewhere meanwhile
        for entry in page:
            point.catch_up(entry.position, self._topics.changes(entry))
        if point.served >= self._position:
            point.is_current()
        return bool(page) or len(point) > 0

    async def _read_once(self) -> bool:
        """Give what is new to all; True if there is more."""
        page = await self._ask(lambda: self._feed.after(self._position, PAGE))
        for entry in page:
            notices = self._topics.changes(entry)
            for point in self._points.values():
                if not point.offer(entry.position, notices):
                    self._overflows.inc()
                    log.warning("a subscriber of our ONVIF events does not keep up: it reads from the database later")
            self._position = entry.position
        return len(page) == PAGE

    async def _ask(self, question: Callable[[], _T]) -> _T:
        return await asyncio.to_thread(question)

    def _initial(self, standing: Snapshot) -> list[Notice]:
        return self._topics.initial(standing.stories, self._clock.now())

    def _note_away(self, error: Exception) -> bool:
        """False, for the caller: there is nothing."""
        if not self._away:
            log.error("the ONVIF device cannot read the journal", why=f"{type(error).__name__}: {error}")
        self._away = True
        return False

    def _expire(self) -> None:
        now = self._clock.monotonic()
        for point in [one for one in self._points.values() if one.until <= now and not one.pulling]:
            self.close(point)

    def _count(self) -> None:
        self._open.set(len(self._points))
        if self._points:
            self._somebody.set()
        else:
            self._somebody.clear()
