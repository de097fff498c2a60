"""What simulated cameras play, and what happens to them when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

FaultName: TypeAlias = Literal[
    "announce",
    "answer",
    "blackhole",
    "clock_skew",
    "contact",
    "corrupt",
    "cut",
    "deaf_after_reboot",
    "freeze",
    "half_open",
    "hang",
    "headless",
    "http_digest",
    "loss",
    "motion",
    "never_off",
    "no_media2",
    "no_rtcp",
    "no_services",
    "nonsense",
    "one_subscriber",
    "onvif_endless",
    "onvif_garbage",
    "onvif_silent",
    "onvif_slow",
    "password",
    "quiet_start",
    "reboot",
    "show",
    "stamp_jump",
    "tampered",
    "unplug",
]
"""The switches of `Faults`, and: cut, unplug and reboot (the connections), password (changed), show (another file).

Of cameras that speak ONVIF also what they notice (NOTICED), and the switches of `OnvifFaults` (ONVIF_SWITCHES).
"""

ONVIF_SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("deaf_after_reboot", "http_digest", "never_off", "no_media2", "no_services")},
        **{name: name for name in ("one_subscriber", "quiet_start")},
        **{f"onvif_{name}": name for name in ("endless", "garbage", "silent", "slow")},
    }
)
"""Fault → the switch of `OnvifFaults`."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """An event of a camera's own: its topic, and the items of its source and its state."""

    topic: str
    source: str
    state: str = "State"


NOTICED: Mapping[str, Noticed] = MappingProxyType(
    {
        "motion": Noticed("VideoSource/MotionAlarm", "vs0"),
        "tampered": Noticed("VideoSource/GlobalSceneChange/ImagingService", "vs0"),
        "contact": Noticed("Device/Trigger/DigitalInput", "IN1", "LogicalState"),
    }
)
"""Fault → what a camera says that it noticed; of a contact the input may be another one."""
ONVIF_ONLY = frozenset({*ONVIF_SWITCHES, *NOTICED})
"""What befalls only cameras that speak ONVIF."""


@dataclass(frozen=True, slots=True)
class SimulatedCamera:
    """One camera at its own port; second 0 of its recordings was `offset` seconds before it began.

    `onvif_port`: where it speaks ONVIF (0: a free port), None if it does not; it has a user then.
    """

    id: str
    streams: Mapping[str, Path]
    port: int
    offset: float = 0.0
    user: str | None = None
    password: str | None = None
    onvif_port: int | None = None


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
    """Cameras on `host`, and what happens to them, in order of time.

    `discovery_port`: where those that speak ONVIF answer who searches (0: a free one); None: they do not.
    """

    host: str
    cameras: Sequence[SimulatedCamera]
    happenings: Sequence[Happening]
    seed: int = 0
    discovery_port: int | None = None
