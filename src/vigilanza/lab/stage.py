"""Simulated cameras, and the hand that breaks and mends them."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from vigilanza.clock import Clock
from vigilanza.lab.faults import Faults
from vigilanza.lab.footage import Footage
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer
from vigilanza.lab.onvif_stage import onvif_of, perform_onvif
from vigilanza.lab.rehearsal import ONVIF_ONLY, FaultName, Happening, Rehearsal, SimulatedCamera
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
        self.onvif: dict[str, OnvifCamera] = {}
        """Of those cameras that speak it."""
        self.discovery: DiscoveryAnswerer | None = None
        """What answers who searches for them."""

    def __enter__(self) -> "Stage":
        for one in self._rehearsal.happenings:
            if isinstance(one.value, Path):
                Footage.load(one.value)  # rather now than in the middle of the play
        with ExitStack() as opened:
            for camera in self._rehearsal.cameras:
                self._open(camera, opened)
            if self._rehearsal.discovery_port is not None:
                self.discovery = opened.enter_context(self._answerer(self._rehearsal.discovery_port))
            self._stack = opened.pop_all()
        return self

    def _open(self, camera: SimulatedCamera, opened: ExitStack) -> None:
        host = self._rehearsal.host
        server = CameraServer(
            camera.streams,
            clock=self._clock,
            user=camera.user,
            password=camera.password,
            host=host,
            port=camera.port,
            offset=camera.offset,
        )
        self.servers[camera.id] = opened.enter_context(server)
        if camera.onvif_port is not None:
            self.onvif[camera.id] = opened.enter_context(onvif_of(camera, server, host=host, clock=self._clock))

    def _answerer(self, port: int) -> DiscoveryAnswerer:
        told = [Announced(name, "SimCam", partial(self._xaddrs, name)) for name in self.onvif]
        return DiscoveryAnswerer(*told, host=self._rehearsal.host, port=port)

    def _xaddrs(self, camera: str) -> Sequence[str]:
        return (self.onvif[camera].xaddr,)

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
        server, onvif = self.servers[cue.camera], self.onvif.get(cue.camera)
        camera = next(one for one in self._rehearsal.cameras if one.id == cue.camera)
        if cue.fault in ONVIF_ONLY:
            if onvif is not None:
                perform_onvif(onvif, cue.fault, cue.value, begins=cue.begins)
            return
        match cue.fault:
            case "cut":
                server.cut()
            case "unplug" | "reboot":
                self._unplugged[cue.camera] += 1 if cue.begins else -1
                self._plug(cue.camera, forgetful=cue.fault == "reboot")
            case "password":
                password = f"{self._random.getrandbits(64):x}" if cue.begins else camera.password or ""
                server.set_password(password)
                server.cut()
                if onvif is not None:
                    onvif.set_password(password)
            case "show":
                for path, file in camera.streams.items():
                    server.show(path, cue.value if cue.begins else file)
            case switch:
                setattr(server.faults, switch, cue.value if cue.begins else getattr(Faults(), switch))
                if switch == "clock_skew" and onvif is not None:
                    onvif.faults.clock_ahead = server.faults.clock_skew

    def _plug(self, camera: str, *, forgetful: bool) -> None:
        """Out while there is a reason for it, else in; who was rebooted has forgotten who listened."""
        parts = [part for part in (self.servers[camera], self.onvif.get(camera)) if part is not None]
        for part in parts:
            part.unplug() if self._unplugged[camera] else part.plug_in()
        if forgetful and camera in self.onvif:
            self.onvif[camera].forget()
