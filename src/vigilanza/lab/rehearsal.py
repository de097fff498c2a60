"""What simulated cameras play, and what happens to them when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

FaultName: TypeAlias = Literal[
    "announce",
    "answer",
    "blackhole",
    "clock_skew",
    "corrupt",
    "cut",
    "freeze",
    "half_open",
    "hang",
    "headless",
    "loss",
    "no_rtcp",
    "nonsense",
    "password",
    "reboot",
    "show",
    "stamp_jump",
    "unplug",
]
"""The switches of `Faults`, and: cut, unplug and reboot (the connections), password (changed), show (another file)."""


@dataclass(frozen=True, slots=True)
class SimulatedCamera:
    """One camera at its own port; second 0 of its recordings was `offset` seconds before it began."""

    id: str
    streams: Mapping[str, Path]
    port: int
    offset: float = 0.0
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Seconds after the beginning at which a fault befalls cameras, and for how long (None: for good)."""

    at: float
    cameras: tuple[str, ...]
    fault: FaultName
    value: bool | float | str | Path
    lasts: float | None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Cameras on `host`, and what happens to them, in order of time."""

    host: str
    cameras: Sequence[SimulatedCamera]
    happenings: Sequence[Happening]
    seed: int = 0
