"""Which recordings an exercise plays, when, and what is true about an incident in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from vigilanza.domain.exercise import Happened
from vigilanza.lab.truth import KnownRecording, Truth, one_per_camera

MOST = 8
"""So many at once a small machine watches well, and a person in five minutes."""
FIRST_S, EVERY_S = 15.0, 25.0
"""From the first picture of a camera to the beginning of its recording: of the first one, and from one to the next."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A recording as one camera shows it: it begins `after` seconds; `main` is its large stream, if there is one."""

    camera: str
    recording: KnownRecording
    main: Path | None
    after: float

    @property
    def truth(self) -> Truth:
        """What is true about it."""
        return self.recording.truth

    def door(self, own: str) -> str:
        """The id that a door of the recording has here."""
        return f"{self.camera}.{own}"

    @property
    def wanted(self) -> bool:
        """Whether an alarm is wanted in it."""
        return bool(self.truth.alarm)

    def happened(self, door: str | None) -> Happened:
        """What is true about an incident at `door` of this camera, or about the camera itself."""
        kinds = {one.kind for one in self.truth.alarm if one.door is None or door in (None, self.door(one.door))}
        if kinds & {"break_in", "seal_removed"}:
            return Happened.FORCED_ENTRY
        if kinds:
            return Happened.CAMERA_ATTACK
        visit = self.truth.authorised_visit
        if visit is not None and door in (None, self.door(visit.order.door)):
            return Happened.VISIT
        return Happened.NOTHING


def draw(recordings: Sequence[KnownRecording], random: Random, *, prefix: str) -> list[Scene]:
    """At most MOST of them, half of which want an alarm if there are enough; neither names nor order tell which.

    `prefix`: how the cameras' names begin.
    """
    main = {one.truth.pair: one.video for one in recordings if one.truth.stream == "main"}
    several = one_per_camera(list(recordings))
    random.shuffle(several)
    loud = [one for one in several if one.truth.alarm]
    quiet = [one for one in several if not one.truth.alarm]
    chosen = loud[: max(MOST // 2, MOST - len(quiet))]
    chosen += quiet[: MOST - len(chosen)]
    random.shuffle(chosen)
    numbers = random.sample(range(1, len(chosen) + 1), len(chosen))
    return [
        Scene(f"{prefix}-{number}", one, main.get(one.truth.clip), FIRST_S + place * EVERY_S)
        for place, (one, number) in enumerate(zip(chosen, numbers, strict=True))
    ]
