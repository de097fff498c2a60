"""Simulated cameras, and the hand that breaks and mends them."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from vigilanza.clock import Clock
from vigilanza.lab.faults import Faults
from vigilanza.lab.footage import Footage
from vigilanza.lab.rehearsal import FaultName, Happening, Rehearsal
from vigilanza.lab.simcam import CameraServer


@dataclass(frozen=True, slots=True)
class Cue:
    """One camera is broken or mended, `at` seconds after the beginning."""

    at: float
    camera: str
    fault: FaultName
    value: Any
    begins: bool

    def __str__(self) -> str:
        value = self.value.name if isinstance(self.value, Path) else self.value
        told = "" if value is True or not self.begins else f" {value:g}" if isinstance(value, float) else f" {value}"
        return f"{self.at:8.1f} s  {self.camera}  {self.fault}{told}{'' if self.begins else ' is over'}"


def cues(happenings: Sequence[Happening]) -> list[Cue]:
    """In order of time; where one ends as another begins, the end comes first."""
    found = []
    for one in happenings:
        for camera in one.cameras:
            found.append(Cue(one.at, camera, one.fault, one.value, begins=True))
            if one.lasts is not None:
                found.append(Cue(one.at + one.lasts, camera, one.fault, one.value, begins=False))
    return sorted(found, key=lambda cue: (cue.at, cue.begins))


class Stage:
    """The cameras of a rehearsal from `with` to the end of it.

    Entering raises OSError if a port is taken, RecordingError if a file cannot be sent. A camera that is unplugged for
    two reasons is plugged in again when both are over; any other fault that is over is over.
    """

    def __init__(self, rehearsal: Rehearsal, *, clock: Clock) -> None:
        self._rehearsal, self._clock = rehearsal, clock
        self._random = Random(rehearsal.seed)
        self._stack = ExitStack()
        self._unplugged: Counter[str] = Counter()
        self.servers: dict[str, CameraServer] = {}

    def __enter__(self) -> "Stage":
        for one in self._rehearsal.happenings:
            if isinstance(one.value, Path):
                Footage.load(one.value)  # rather now than in the middle of the play
        with ExitStack() as opened:
            for camera in self._rehearsal.cameras:
                server = CameraServer(
                    camera.streams,
                    clock=self._clock,
                    user=camera.user,
                    password=camera.password,
                    host=self._rehearsal.host,
                    port=camera.port,
                    offset=camera.offset,
                )
                self.servers[camera.id] = opened.enter_context(server)
            self._stack = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def play(self, stop: threading.Event, show: Callable[[str], None]) -> None:
        """Let everything happen in its time, saying so; returns after the last, or when `stop` is set."""
        began = self._clock.monotonic()
        for cue in cues(self._rehearsal.happenings):
            if self._clock.wait(max(0.0, began + cue.at - self._clock.monotonic()), stop):
                return
            self._perform(cue)
            show(str(cue))

    def _perform(self, cue: Cue) -> None:
        server = self.servers[cue.camera]
        camera = next(one for one in self._rehearsal.cameras if one.id == cue.camera)
        match cue.fault:
            case "cut":
                server.cut()
            case "unplug" | "reboot":
                self._unplugged[cue.camera] += 1 if cue.begins else -1
                server.unplug() if self._unplugged[cue.camera] else server.plug_in()
            case "password":
                server.set_password(f"{self._random.getrandbits(64):x}" if cue.begins else camera.password or "")
                server.cut()
            case "show":
                for path, file in camera.streams.items():
                    server.show(path, cue.value if cue.begins else file)
            case switch:
                setattr(server.faults, switch, cue.value if cue.begins else getattr(Faults(), switch))
