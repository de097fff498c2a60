"""What is shown: the seam to whoever has the pictures."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture, compressed: Annex B. `at` UTC in Unix seconds; `ticks` its presentation time in 1/90000 s."""

    data: bytes
    at: float
    ticks: int
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class Format:
    """What a programme is; `parameter_sets` in Annex B, or b"" if each key frame brings them."""

    codec: Literal["h264", "hevc"]
    width_px: int
    height_px: int
    parameter_sets: bytes

    @property
    def picture(self) -> tuple[str, int, int]:
        """What stays while a programme lasts; the parameter sets may change at a key frame that brings them."""
        return self.codec, self.width_px, self.height_px


class Programme(Protocol):
    """One camera's live pictures."""

    @property
    def format(self) -> Format:
        """What it is, until it ends."""
        ...

    def units(self, stop: threading.Event) -> Iterator[AccessUnit]:
        """Pictures in decoding order from a key frame on, until `stop` is set or there are no more.

        Of one who takes too little, what waits is bounded here; behind every hole comes a key frame.
        """
        ...


class Studio(Protocol):
    """Who has the pictures."""

    def cameras(self) -> Sequence[str]:
        """Ids of all that there are."""
        ...

    def open(self, camera: str) -> Programme:
        """NoPictures while the camera gives none."""
        ...


class Viewings(Protocol):
    """Writes down who watches."""

    def begin(self, who: str, camera: str, peer: str) -> None:
        """Before the first picture is shown; JournalUnavailable: then nothing is shown."""
        ...

    def end(self, who: str, camera: str, seconds: float) -> None:
        """Afterwards."""
        ...
