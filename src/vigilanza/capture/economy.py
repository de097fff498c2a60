"""What a box does when it cannot look at everything: step by step less, always said, the attacked doors last."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Protocol

import structlog

from vigilanza.clock import Clock

_log = structlog.get_logger(__name__)

LOOK_S = 1.0
BEHIND_S = 1.0
"""Age of a picture at the end of its analysis from which on a camera is behind."""
WINDOW_S = 5.0
"""A camera is behind if none of its pictures was younger in this time: catching up after a wake-up does not count."""
STEP_S = 6.0
"""A step must have had this long to show what it does before the next one is taken."""
_MOST_AGES = 500
RELIEF_S, LONGEST_RELIEF_S = 60.0, 960.0
"""Nobody behind for this long: a step back; twice as long each time that turned out to be too early."""


class Economy(IntEnum):
    """How much is spent on one camera."""

    NONE = 0
    COARSE = 1
    """The decoder leaves out the loop filter: a third cheaper, blocks show."""
    KEY_FRAMES = 2
    """Only key frames, also while something happens."""
    PARKED = 3
    """A key frame now and then: that the camera sees anything at all, and no more."""


class Spender(Protocol):
    """An analysed stream that can be told to spend less."""

    @property
    def camera_id(self) -> str:
        """Whose stream it is."""
        ...

    @property
    def urgency(self) -> int:
        """The lower, the sooner it is parked."""
        ...

    def spend(self, economy: Economy) -> None:
        """From the next key frame on; any thread may call this."""
        ...


class Spenders(Protocol):
    """Those there are at the moment."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Spender]: ...


class Ages:
    """How old the pictures of the last seconds were when their analysis ended. Any thread may use it."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, deque[tuple[float, float]]] = {}

    def note(self, camera: str, seconds: float) -> None:
        """A picture of `camera` was so old."""
        now = self._clock.monotonic()
        with self._lock:
            known = self._known.setdefault(camera, deque(maxlen=_MOST_AGES))
            known.append((now, seconds))
            while known[0][0] < now - WINDOW_S:
                known.popleft()

    def behind(self) -> tuple[str, ...]:
        """The cameras whose pictures of the last WINDOW_S were all older than BEHIND_S."""
        since = self._clock.monotonic() - WINDOW_S
        with self._lock:
            recent = {name: [age for at, age in known if at >= since] for name, known in self._known.items()}
        return tuple(name for name, ages in recent.items() if ages and min(ages) > BEHIND_S)


class Ladder:
    """The economy of one process. One thread runs it.

    `step` 0: none; 1: COARSE; 2: KEY_FRAMES; above: one, two, … cameras are PARKED, the least urgent first.
    """

    def __init__(self, spenders: Spenders, *, ages: Ages, clock: Clock) -> None:
        self._spenders, self._ages, self._clock = spenders, ages, clock
        self._stepped_at = self._behind_at = clock.monotonic()
        self._relief_s, self._eased_at = RELIEF_S, float("-inf")
        self._parked: set[str] = set()
        self._known: dict[int, Spender] = {}
        self.step = 0

    def run(self, stop: threading.Event) -> None:
        """Look every LOOK_S until `stop` is set."""
        while not self._clock.wait(LOOK_S, stop):
            self.run_once()

    def run_once(self) -> None:
        """Look once, and take a step up or down if it is time."""
        self._welcome()
        now, behind = self._clock.monotonic(), self._ages.behind()
        if behind:
            self._behind_at = now
            if now - self._stepped_at >= STEP_S and self.step < Economy.KEY_FRAMES + len(self._spenders):
                too_early = now - self._eased_at < self._relief_s
                self._relief_s = min(2 * self._relief_s, LONGEST_RELIEF_S) if too_early else RELIEF_S
                self._take(self.step + 1, behind)
        elif self.step and now - max(self._behind_at, self._stepped_at) >= self._relief_s:
            self._eased_at = now
            self._take(self.step - 1, behind)
        self._park()

    def _take(self, step: int, behind: Sequence[str]) -> None:
        self.step, self._stepped_at = step, self._clock.monotonic()
        usual = Economy(min(step, Economy.KEY_FRAMES))
        for spender in self._spenders:
            if spender.camera_id not in self._parked:
                spender.spend(usual)
        words = "this box cannot look at everything: it looks less" if behind else "this box looks more again"
        _log.warning(words, step=step, economy=usual.name.lower(), behind=list(behind))

    def _welcome(self) -> None:
        """One that is new here spends as the others do."""
        known, self._known = self._known, {id(spender): spender for spender in self._spenders}
        for number, spender in self._known.items():
            if self.step and number not in known:
                self._parked.discard(spender.camera_id)
                spender.spend(Economy(min(self.step, Economy.KEY_FRAMES)))

    def _park(self) -> None:
        """The least urgent, by what is at the doors now: what becomes urgent is looked at again, at another's cost."""
        usual = Economy(min(self.step, Economy.KEY_FRAMES))
        ordered = sorted(self._spenders, key=lambda spender: spender.urgency)
        parked = {spender.camera_id for spender in ordered[: max(0, self.step - Economy.KEY_FRAMES)]}
        for spender in self._spenders:
            if (spender.camera_id in parked) != (spender.camera_id in self._parked):
                spender.spend(Economy.PARKED if spender.camera_id in parked else usual)
        if parked != self._parked:
            self._parked = parked
            _log.warning("cameras this box cannot look at now", parked=sorted(parked))
