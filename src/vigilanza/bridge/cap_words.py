"""What a CAP message says of an alert: how urgent, how severe, how certain, in which code, in which words.

Urgency, severity and certainty follow the operator's score (ANSI/TMA-AVS-01); without one, how loudly the event calls.
The codes are those of SIA DC-03.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vigilanza.domain.alert import TEST_TYPE, TYPE_PREFIX
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import EventKind, Severity
from vigilanza.domain.update import UPDATED_TYPE

REJECTED_TYPE = f"{TYPE_PREFIX}incident.rejected.v1"


@dataclass(frozen=True, slots=True)
class Tone:
    """In CAP's own words; `sia` is the SIA code, `avs` the operator's score if there is one."""

    urgency: str
    severity: str
    certainty: str
    responses: tuple[str, ...]
    sia: str
    avs: int | None = None


_BY_SCORE: Mapping[int, tuple[str, str, str, tuple[str, ...]]] = {
    4: ("Immediate", "Extreme", "Observed", ("Execute",)),
    3: ("Immediate", "Severe", "Observed", ("Execute", "Assess")),
    2: ("Immediate", "Moderate", "Likely", ("Assess",)),
    1: ("Expected", "Minor", "Possible", ("Assess",)),
}
_BY_SEVERITY: Mapping[Severity, tuple[str, str, str, tuple[str, ...]]] = {
    Severity.CRITICAL: ("Expected", "Severe", "Possible", ("Assess",)),
    Severity.ALARM: ("Expected", "Moderate", "Possible", ("Assess",)),
    Severity.ATTENTION: ("Expected", "Minor", "Possible", ("Assess",)),
    Severity.INFO: ("Unknown", "Minor", "Possible", ("None",)),
}
_CAMERA_CODES: Mapping[EventKind, str] = {
    EventKind.CAMERA_COVERED: "TA",
    EventKind.CAMERA_MOVED: "TA",
    EventKind.CAMERA_DEFOCUSED: "TA",
    EventKind.CAMERA_DARK: "TA",
    EventKind.CAMERA_FROZEN: "TA",
    EventKind.CAMERA_LOST: "BT",
    EventKind.CAMERA_UNSTEADY: "BT",
}
_NAMES: Mapping[EventKind, tuple[str, str]] = {
    EventKind.LOITERING: ("Persona davanti a porta sigillata", "Person at a sealed door"),
    EventKind.TAMPERING: ("Forzatura di porta sigillata", "Forcing of a sealed door"),
    EventKind.SEAL_CHANGED: ("Sigillo alterato", "Seal changed"),
    EventKind.DOOR_OPENED: ("Apertura di porta sigillata", "Sealed door opened"),
    EventKind.ENTRY: ("Ingresso in alloggio sigillato", "Entry into a sealed flat"),
    EventKind.EXIT: ("Uscita da alloggio sigillato", "Person leaving a sealed flat"),
    EventKind.CAMERA_COVERED: ("Telecamera coperta", "Camera covered"),
    EventKind.CAMERA_MOVED: ("Telecamera spostata", "Camera turned away"),
    EventKind.CAMERA_DEFOCUSED: ("Telecamera sfocata", "Camera out of focus"),
    EventKind.CAMERA_DARK: ("Telecamera al buio", "Camera in the dark"),
    EventKind.CAMERA_FROZEN: ("Immagine ferma", "Picture frozen"),
    EventKind.CAMERA_LOST: ("Telecamera senza segnale", "Camera without signal"),
    EventKind.CAMERA_UNSTEADY: ("Segnale della telecamera instabile", "Camera signal comes and goes"),
    EventKind.RESTORED: ("La telecamera vede di nuovo", "Camera sees again"),
    EventKind.CLOSED: ("Incidente terminato", "Incident ended"),
}


def kind_of(alert: Alert) -> EventKind | None:
    """What happened; None for a test."""
    return None if alert.type == TEST_TYPE else EventKind(alert.data["kind"])


def tone_of(alert: Alert) -> Tone:
    """How the alert is told."""
    if alert.type == TEST_TYPE:
        return Tone("Unknown", "Unknown", "Unknown", ("None",), "RX")
    data, kind = alert.data, EventKind(alert.data["kind"])
    about_camera = data.get("unit") is None
    if alert.type == REJECTED_TYPE:
        return Tone("Past", "Minor", "Unlikely", ("AllClear",), "BC", 0)
    avs = data.get("avs")
    if alert.type.startswith(f"{TYPE_PREFIX}incident."):
        return Tone(*_BY_SCORE[int(data["avs"])], _code(kind, avs, about_camera=about_camera), avs)
    if kind in (EventKind.CLOSED, EventKind.RESTORED):
        # No camera sees into a flat: that all is clear is for a person to say.
        ended = ("TR" if alert.type.endswith(".restored.v1") else "BJ") if about_camera else "BR"
        return Tone("Past", "Minor", "Observed", ("Monitor",), ended, avs)
    said = _BY_SEVERITY[Severity(data["severity"])] if avs is None else _BY_SCORE[int(avs)]
    return Tone(*said, _code(kind, avs, about_camera=about_camera), avs)


def event_words(alert: Alert) -> tuple[str, str]:
    """The event's name in Italian and in English."""
    kind = kind_of(alert)
    if kind is None:
        return "Prova di collegamento", "Link test"
    if alert.type == REJECTED_TYPE:
        return "Allarme revocato", "Alarm withdrawn"
    if alert.type == UPDATED_TYPE:
        return f"{_NAMES[kind][0]} (aggiornamento)", f"{_NAMES[kind][1]} (update)"
    if "order" in alert.data:
        return f"{_NAMES[kind][0]} (lavori autorizzati)", f"{_NAMES[kind][1]} (authorised work)"
    return _NAMES[kind]


def instructions(alert: Alert, *, production: bool) -> tuple[str, str] | None:
    """What to do, in both languages; None where nothing is asked."""
    data: Mapping[str, Any] = alert.data
    if alert.type == TEST_TYPE:
        return "PROVA: non intervenire.", "TEST: do not act."
    if not production:
        return "ESERCITAZIONE: non intervenire.", "EXERCISE: do not act."
    if data["status"] == "unconfirmed":
        return "Non confermato da un operatore: verificare.", "Not confirmed by an operator: verify."
    if data["status"] == "rejected":
        return "Revocato da un operatore: nessun intervento.", "Withdrawn by an operator: nothing to do."
    return "Confermato da un operatore.", "Confirmed by an operator."


def _code(kind: EventKind, avs: int | None, *, about_camera: bool) -> str:
    if about_camera:
        return _CAMERA_CODES.get(kind, "TA")
    if avs == 4:
        return "PA"
    return "BA" if avs is None or avs < 2 else "BV"
