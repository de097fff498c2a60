"""What is known of an incident beside its rows, for the alerts that it owes."""

from uuid import UUID

from sqlalchemy import Connection, exists, func, select

from vigilanza.domain.aftermath import Minors, Step
from vigilanza.domain.alert import IncidentSummary
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.events import EventKind, Severity, event_from_json
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.sentence import most_telling
from vigilanza.store.schema import decisions, events, incidents
from vigilanza.store.schema_aftermath import aftermath_steps
from vigilanza.store.schema_centre import site_incidents
from vigilanza.store.together import first_hit_with


def confirmed_avs(connection: Connection, incident: UUID) -> int | None:
    """The score of the latest decision if it is a confirmation."""
    latest = select(decisions.c.avs).where(decisions.c.incident == incident).order_by(decisions.c.position.desc())
    avs = connection.execute(latest.limit(1)).scalar()
    return None if avs is None else int(avs)


def site_of(connection: Connection, incident: UUID) -> str | None:
    """The site that told the centre of it; None if it is of this one."""
    return connection.execute(select(site_incidents.c.site).where(site_incidents.c.here == incident)).scalar()


def minors_known(connection: Connection, incident: UUID) -> Minors:
    """Whether somebody noted that some are present."""
    mine = aftermath_steps.c.incident == incident
    seen = select(exists().where(mine, aftermath_steps.c.what == Step.MINORS_PRESENT.value))
    return Minors.PRESENT if connection.execute(seen).scalar() else Minors.UNKNOWN


def first_entry_at(connection: Connection, incident: UUID) -> float | None:
    """When somebody first went in, UTC in Unix seconds; None if nobody was seen to."""
    entries = events.c.body["kind"].as_string() == EventKind.ENTRY.value
    at = connection.execute(select(func.min(events.c.at)).where(events.c.incident == incident, entries)).scalar()
    return None if at is None else float(at)


def summary_of(connection: Connection, incident: UUID) -> IncidentSummary:
    """As a decision's alert tells it. UnknownRecord if there is no such incident."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident)).first()
    if row is None:
        raise UnknownRecord(f"no incident {incident}")
    bodies = connection.execute(
        select(events.c.body).where(events.c.incident == incident).order_by(events.c.sequence)
    ).scalars()
    told = [event_from_json(body) for body in bodies]
    # One event repeats the facts of the one before with longer times: the last word on each fact counts.
    facts: dict[tuple[str, float], Evidence] = {(item.fact, item.at): item for event in told for item in event.evidence}
    return IncidentSummary(
        camera=row.camera,
        door=row.door,
        kind=EventKind(row.kind),
        severity=list(Severity)[row.severity],
        first_at=row.first_at,
        first_entry_at=first_entry_at(connection, incident),
        evidence=tuple(facts.values()),
        telling=most_telling(told),
        together=first_hit_with(connection, incident),
    )
