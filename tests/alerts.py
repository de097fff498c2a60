"""Alerts to the VMS of the samples, made of its break-ins."""

from tests.samples import BEGAN, VMS, break_in
from vigilanza.domain.alert import IncidentSummary, alerts_for_decision, alerts_for_event
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.domain.premises import Premises

PREMISES = Premises("0423", "via Esempio 4", cameras=("stairs-3",))


def alert_of(event: Event, *, confirmed_avs: int | None = None) -> Alert:
    [alert] = alerts_for_event(
        event,
        destinations=[VMS],
        confirmed_avs=confirmed_avs,
        first_at=BEGAN,
        first_entry_at=None,
        site="0423",
        told=set(),
        next_sequence=lambda _: event.sequence,
    )
    return alert


def decided(door: str | None, *, avs: int | None = None, reason: RejectReason | None = None) -> Alert:
    events = break_in("a")
    summary = IncidentSummary(
        "stairs-3", door, EventKind.DOOR_OPENED, Severity.ALARM, BEGAN, None, events[0].evidence, None
    )
    decision = Decision(events[0].incident, "operator-017", BEGAN + 60.0, avs=avs, reason=reason)
    [alert] = alerts_for_decision(
        decision, destinations=[VMS], summary=summary, site="0423", told=set(), next_sequence=lambda _: 9
    )
    return alert
