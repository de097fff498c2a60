"""One subscription: what it wants, what waits for it, and up to where in the feed it has been served."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilanza.bridge.onvif_device.filter import TopicFilter
from vigilanza.bridge.onvif_device.topics import Notice

QUEUE_MAX = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice and the commit it comes from."""

    position: int
    notice: Notice


class PullPoint:
    """Used on one event loop only, so that nothing needs a lock.

    What does not fit into its queue is not lost: from there on it is `behind`, and read from the feed once the queue
    is empty. `until` is of Clock.monotonic().
    """

    def __init__(self, *, name: str, wanted: TopicFilter, position: int, until: float) -> None:
        """`position`: what was committed later is for it."""
        self.name, self.until = name, until
        self.pulling, self.gone, self.behind = False, False, False
        self.served = position
        """The latest commit that is in the queue or was taken from it."""
        self.arrived = asyncio.Event()
        self._wanted = wanted
        self._queue: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def offer(self, position: int, notices: Sequence[Notice]) -> bool:
        """A new commit. False if it does not fit any more; what comes later is then not taken either."""
        if self.behind or position <= self.served:
            return True
        mine = [notice for notice in notices if self._wanted.takes(notice.about.topic)]
        if len(self._queue) + len(mine) > QUEUE_MAX:
            self.behind = True
            return False
        self._append(position, mine)
        return True

    def catch_up(self, position: int, notices: Sequence[Notice]) -> None:
        """A commit that was read again from the feed, in order."""
        self._append(position, [notice for notice in notices if self._wanted.takes(notice.about.topic)])

    def is_current(self) -> None:
        """It has caught up: new commits are offered again."""
        self.behind = False

    def seek(self, position: int, first: Iterable[Notice]) -> None:
        """Go on from `position`; `first` before that."""
        self._queue.clear()
        self.behind = True
        self._append(position, [notice for notice in first if self._wanted.takes(notice.about.topic)])
        self.arrived.set()

    def initialize(self, position: int, notices: Iterable[Notice]) -> None:
        """Put how everything stands after the commit `position` into the queue, instead of an earlier such answer."""
        rest = [one for one in self._queue if one.notice.operation != "Initialized"]
        mine = [Waiting(position, one) for one in notices if self._wanted.takes(one.about.topic)]
        older = [one for one in rest if one.position <= position]
        self._queue = deque([*older, *mine, *rest[len(older) :]])
        self.arrived.set()

    def take(self, limit: int) -> list[Waiting]:
        """The oldest notices, at most `limit`."""
        return [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]

    def put_back(self, taken: Sequence[Waiting]) -> None:
        """They did not get through after all."""
        self._queue.extendleft(reversed(taken))
        self.arrived.set()

    def end(self) -> None:
        """Nobody will ask for it any more; who waits is told."""
        self.gone = True
        self.arrived.set()

    def _append(self, position: int, notices: Sequence[Notice]) -> None:
        self.served = position
        if notices:
            self._queue.extend(Waiting(position, notice) for notice in notices)
            self.arrived.set()
