"""What a trainee did about the incidents of an exercise, against what is true about them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vigilanza.domain.decision import CONFIRMING_AVS, SETTLING_AVS, Decision

SEE_WITHIN_S, DECIDE_WITHIN_S = 60.0, 180.0
"""The times that the page reminds operators of: to look, and to decide."""


class Happened(StrEnum):
    """What is true about an incident."""

    FORCED_ENTRY = "forced_entry"
    CAMERA_ATTACK = "camera_attack"
    VISIT = "visit"
    """Authorised, though no work order was known."""
    NOTHING = "nothing"


_RIGHT_AVS = {
    Happened.FORCED_ENTRY: frozenset(CONFIRMING_AVS),
    Happened.CAMERA_ATTACK: frozenset(CONFIRMING_AVS),
    Happened.VISIT: frozenset(score for score in CONFIRMING_AVS if score <= SETTLING_AVS),
    Happened.NOTHING: frozenset[int](),
}
"""A person goes in and nothing is forced: who confirms that with AVS 2 did what the table asks."""
_MAY_BE_REJECTED = frozenset({Happened.VISIT, Happened.NOTHING})


@dataclass(frozen=True, slots=True)
class Lesson:
    """One incident at its end: `decision` as it stood then, None if nobody had decided. Times are UTC, Unix seconds.

    `clip` is the recording's name; `seen_at` is when the incident was first opened.
    """

    incident: UUID
    camera: str
    door: str | None
    clip: str
    happened: Happened
    opened_at: float
    seen_at: float | None
    decision: Decision | None

    @property
    def seen_after(self) -> float | None:
        """Seconds from its beginning, None if nobody looked."""
        return None if self.seen_at is None else max(0.0, self.seen_at - self.opened_at)

    @property
    def decided_after(self) -> float | None:
        """Seconds from its beginning, None if nobody decided."""
        return None if self.decision is None else max(0.0, self.decision.at - self.opened_at)

    @property
    def right(self) -> bool:
        """Whether it was decided as it should be; no decision is not right."""
        if self.decision is None:
            return False
        avs = self.decision.avs
        return self.happened in _MAY_BE_REJECTED if avs is None else avs in _RIGHT_AVS[self.happened]

    @property
    def in_time(self) -> bool:
        """Whether it was both opened and decided soon enough."""
        seen, decided = self.seen_after, self.decided_after
        return seen is not None and decided is not None and seen <= SEE_WITHIN_S and decided <= DECIDE_WITHIN_S

    @property
    def passed(self) -> bool:
        """Right, and in time."""
        return self.right and self.in_time


@dataclass(frozen=True, slots=True)
class Standing:
    """An exercise so far: `begun`, how many `clips` there are and have `played` out, and what has ended.

    `unraised`: recordings in which an alarm was wanted and no incident was raised; nobody could decide about them.
    `faults`: incidents that no recording shows, but a machine with too much to do: pictures that stand still, or none.
    `over`: nothing more comes.
    """

    begun: bool
    clips: int
    played: int
    unraised: int
    faults: int
    over: bool
    lessons: Sequence[Lesson] = ()

    @property
    def percent(self) -> int | None:
        """Of the incidents that ended, how many were passed; None of none."""
        passed = sum(lesson.passed for lesson in self.lessons)
        return None if not self.lessons else round(100 * passed / len(self.lessons))
