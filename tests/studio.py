"""A studio whose cameras are short videos in an endless loop, and somebody who writes down who watches."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, cast

from vigilanza.bridge.rtsp.programme import AccessUnit, Format
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable, NoPictures
from vigilanza.lab.footage import Footage

START_CODE = b"\x00\x00\x00\x01"
SIZE_PX = (320, 180)
CLOCK = SystemClock()


class Loop:
    """One camera. `plugged_in` False: it gives no pictures, and who watches sees their end. `pace` 0.0: at once."""

    def __init__(self, path: Path, *, pace: float = 1.0) -> None:
        self.footage, self._pace = Footage.load(path), pace
        self.plugged_in = True

    @property
    def format(self) -> Format:
        codec = cast(Literal["h264", "hevc"], self.footage.codec)
        return Format(codec, *SIZE_PX, parameter_sets=self._join(self.footage.units[0].nals))

    def units(self, stop: threading.Event) -> Iterator[AccessUnit]:
        began, began_utc = CLOCK.monotonic(), CLOCK.now()
        for shift, unit in self.footage.schedule(0.0, "loop"):
            wait = began + (shift + unit.dts) * self._pace - CLOCK.monotonic()
            if CLOCK.wait(max(0.0, wait), stop) or not self.plugged_in:
                return
            ticks = round((shift + unit.pts) * 90_000)
            yield AccessUnit(self._join(unit.nals), began_utc + shift + unit.pts, ticks, unit.is_keyframe)

    @staticmethod
    def _join(nals: Sequence[bytes]) -> bytes:
        return b"".join(START_CODE + nal for nal in nals)


class LoopStudio:
    """See Studio."""

    def __init__(self, loops: dict[str, Loop]) -> None:
        self.loops = loops

    def cameras(self) -> Sequence[str]:
        return tuple(self.loops)

    def open(self, camera: str) -> Loop:
        loop = self.loops[camera]
        if not loop.plugged_in:
            raise NoPictures("it is not plugged in")
        return loop


class Book:
    """See Viewings; `lines` are what was written, `lost` makes writing impossible."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []
        self.lost = False
        self.changed = threading.Condition()

    def begin(self, who: str, camera: str, peer: str) -> None:
        self._write("begin", who, camera, peer)

    def end(self, who: str, camera: str, seconds: float) -> None:
        assert seconds >= 0.0
        self._write("end", who, camera)

    def wait_for(self, *line: str) -> None:
        """Until that was written."""
        with self.changed:
            assert self.changed.wait_for(lambda: line in self.lines, 20.0), self.lines

    def _write(self, *line: str) -> None:
        if self.lost:
            raise JournalUnavailable("gone")
        with self.changed:
            self.lines.append(line)
            self.changed.notify_all()
