"""What a kind of fault is played with."""

from collections.abc import Sequence
from dataclasses import dataclass

from vigilanza.lab.drill.story import camera_of, door_of

RECORDER, WATCH, RELAY, WEB = "recorder", "watch", "relay", "web"
BEFORE_S = 5.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What a kind of fault is played with: `parties` by their names in PARTIES; a disk of its own of `disk_mb` units of
    1,000,000 bytes; so many `doors`, at each of which there can be one break-in, seen by CAMERAS or, with `cameras`,
    by that many. One of the `moments`, if there are any (UTC in Unix seconds), comes BEFORE_S after the box began.
    `page`: decisions are made there, else by the recorder; `log_pipe`: logs go through pipes.
    `eyes`: a watch sees a landing with so many doors, and there is no recorder that is told.
    """

    database: str = "sqlite"
    parties: Sequence[str] = ("webhook", "room", "dc09-tcp")
    disk_mb: int | None = None
    doors: int = 64
    cameras: int | None = None
    moments: Sequence[float] = ()
    page: bool = False
    log_pipe: bool = False
    eyes: bool = False

    @property
    def parts(self) -> Sequence[str]:
        """The names of those it is made of."""
        return (WATCH if self.eyes else RECORDER, RELAY, *([WEB] if self.page else []))

    @property
    def seen(self) -> Sequence[tuple[str, str]]:
        """Each door with its camera."""
        if self.cameras is None:
            return [(camera_of(number), door_of(number)) for number in range(self.doors)]
        return [(f"landing-{number % self.cameras:03}", door_of(number)) for number in range(self.doors)]
