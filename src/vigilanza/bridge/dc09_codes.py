"""What an alert is called in an alarm receiving centre: SIA (DC-03) codes, and those of Contact ID (DC-05).

| alert | SIA | Contact ID |
|---|---|---|
| confirmed with AVS 4: threat to life | PA, BA, BV | 1 120, 1 130, 1 139 |
| confirmed with AVS 2 or 3 | BA, BV | 1 130, 1 139 |
| confirmed with AVS 1; unconfirmed, from severity alarm on | BA | 1 130 |
| unconfirmed, severity attention | BG | 1 138 |
| under a work order | BX | 1 607 |
| the door is as sealed again | BR | 3 130 |
| rejected | BC | 1 406 |
| camera tampered, restored | TA, TR | 1 144, 3 144 |
| camera offline, online | BT, BJ | 1 380, 3 380 |
| minors are present | none: alarm centres have no code for it | |
| test | RX | 1 601 |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from vigilanza.domain.alert import TEST_TYPE, TYPE_PREFIX
from vigilanza.domain.decision import SETTLING_AVS
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import Severity
from vigilanza.domain.update import UPDATED_TYPE

LIFE_AVS = 4


class Subject(Enum):
    """What the number behind a SIA code counts."""

    ZONE = auto()
    AREA = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to tell: its SIA code, and its Contact ID qualifier and event, e.g. "1130"."""

    sia: str
    contact_id: str
    subject: Subject = Subject.ZONE


FORCED = Signal("BA", "1130")
VERIFIED = Signal("BV", "1139", Subject.AREA)
"""Of an area, by the standard: the zone is told by the BA before it."""
LIFE = Signal("PA", "1120")
UNVERIFIED = Signal("BG", "1138")
AUTHORISED = Signal("BX", "1607")
ENDED = Signal("BR", "3130")
REJECTED = Signal("BC", "1406")
TEST = Signal("RX", "1601", Subject.NOBODY)

TAMPERED = Signal("TA", "1144")
OFFLINE = Signal("BT", "1380")
_PLAIN: Mapping[str, Signal] = {
    "camera.tampered": TAMPERED,
    "camera.restored": Signal("TR", "3144"),
    "camera.offline": OFFLINE,
    "camera.online": Signal("BJ", "3380"),
    "detection.ended": ENDED,
    "incident.rejected": REJECTED,
}
_CAMERA_ATTACKS = {"camera_covered", "camera_moved", "camera_defocused", "camera_dark", "camera_frozen"}


def signals(alert: Alert) -> tuple[Signal, ...]:
    """What to tell, the most urgent first; one frame each. ValueError for an alert of a type that is not known."""
    if alert.type == TEST_TYPE:
        return (TEST,)
    if alert.type == UPDATED_TYPE:
        return ()
    name = alert.type.removeprefix(TYPE_PREFIX).removesuffix(".v1")
    if name in _PLAIN:
        return (_PLAIN[name],)
    if name in ("detection.raised", "detection.updated"):
        return _of_detection(alert)
    if name == "incident.confirmed":
        return _of_camera(alert) if alert.data.get("unit") is None else _confirmed(alert)
    raise ValueError(f"no code for an alert of type {alert.type}")


def _of_detection(alert: Alert) -> tuple[Signal, ...]:
    if alert.data.get("order") is not None:
        return (AUTHORISED,)
    if alert.data.get("status") == "confirmed":
        return _confirmed(alert)
    severe = Severity(alert.data["severity"]).rank >= Severity.ALARM.rank
    return (FORCED,) if severe else (UNVERIFIED,)


def _confirmed(alert: Alert) -> tuple[Signal, ...]:
    avs = int(alert.data["avs"])
    if avs < SETTLING_AVS:
        return (FORCED,)
    return (LIFE, FORCED, VERIFIED) if avs >= LIFE_AVS else (FORCED, VERIFIED)


def _of_camera(alert: Alert) -> tuple[Signal, ...]:
    """A confirmed attack on a camera: nobody saw a door forced, but there may be a threat to life."""
    what = TAMPERED if alert.data.get("kind") in _CAMERA_ATTACKS else OFFLINE
    return (LIFE, what) if int(alert.data["avs"]) >= LIFE_AVS else (what,)
