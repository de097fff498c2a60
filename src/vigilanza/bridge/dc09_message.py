"""An alert as the messages that tell it to an alarm receiving centre."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vigilanza.bridge.dc09_codes import TEST, Signal, Subject, signals
from vigilanza.bridge.dc09_frame import Message, Token, stamp, text
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Premises

LABEL_MAX_BYTES = 80


@dataclass(frozen=True, slots=True)
class Wording:
    """How things are told. `token`: SIA or CONTACT_ID; `area` 1..99; `camera_zones`: numbers for what happens to a
    camera; `when` and `where`: whether the time of occurrence and the place go along as x-data.
    """

    account: str
    token: Token
    area: int = 1
    camera_zones: Mapping[str, int] = field(default_factory=dict)
    when: bool = True
    where: bool = True


def messages(alert: Alert, *, premises: Premises, wording: Wording) -> tuple[Message, ...]:
    """One for each code of the alert, in the order of urgency. ValueError if there is no code for it."""
    extended: list[tuple[str, str]] = []
    unit = alert.data.get("unit")
    if wording.when:
        extended.append(("H", stamp(alert.at)))
    if wording.where and (place := text(premises.whose(unit, alert.data.get("camera")).place(unit))):
        extended.append(("L", place))
    return tuple(
        Message(wording.token, _data(signal, alert, premises, wording), tuple(extended)) for signal in signals(alert)
    )


def _data(signal: Signal, alert: Alert, premises: Premises, wording: Wording) -> str:
    zone = 0 if signal is TEST else _zone(alert, premises, wording)
    if wording.token is Token.CONTACT_ID:
        return f"#{wording.account}|{signal.contact_id} {wording.area:02d} {zone:03d}"
    number = {Subject.ZONE: zone, Subject.AREA: wording.area, Subject.NOBODY: 0}[signal.subject]
    return f"#{wording.account}|Nri{wording.area}/{signal.sia}{number}{_label(alert, premises)}"


def _zone(alert: Alert, premises: Premises, wording: Wording) -> int:
    """0 where no number is known: told without one is better than not told."""
    unit = premises.unit(alert.data.get("unit"))
    if unit is not None:
        return unit.zone or 0
    return wording.camera_zones.get(str(alert.data.get("camera")), 0)


def _label(alert: Alert, premises: Premises) -> str:
    """What it is about, between carets; until the site is in production it begins with PROVA."""
    about = str(alert.data.get("unit") or alert.data.get("camera") or premises.site)
    words = (about,) if premises.production else ("PROVA", about)
    label = text(" ".join(words)).encode("ascii", "replace").decode("ascii")
    return f"^{label[:LABEL_MAX_BYTES]}^"
