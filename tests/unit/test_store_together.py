"""Alerts of cameras that were hit at once say so."""

from uuid import uuid5

from sqlalchemy import Engine, select

from tests.fakes import FakeClock
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.store.database import reading
from vigilanza.store.journal import Journal
from vigilanza.store.schema_bridge import deliveries


def lost(name: str, at: float) -> Event:
    """The first event of an incident of the camera itself."""
    return Event(
        id=uuid5(incident_id(name), "0"),
        incident=incident_id(name),
        sequence=0,
        kind=EventKind.CAMERA_LOST,
        severity=Severity.ALARM,
        phase=Phase.SUSPECTED,
        camera=name,
        door=None,
        at=at,
        evidence=(Evidence(Fact.SIGNAL_LOST, at, 1.0, 1.0),),
    )


def told_together(engine: Engine) -> list[tuple[str, str | None]]:
    """Of each alert, in the order of recording: its camera, and the incident whose company it names."""
    with reading(engine) as connection:
        rows = connection.execute(select(deliveries.c.data).order_by(deliveries.c.position))
        return [(data["camera"], data.get("together")) for data in rows.scalars()]


def test_the_third_camera_within_half_a_minute_names_the_first_and_so_do_all_decisions(engine: Engine) -> None:
    clock = FakeClock(BEGAN)
    journal = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423")
    for name, second in (("c1", 0.0), ("c2", 10.0), ("c3", 29.0), ("c4", 95.0)):
        journal.record([lost(name, BEGAN + second)])
    journal.record(break_in("door", count=1, began=BEGAN + 12.0))
    first = str(incident_id("c1"))
    assert told_together(engine) == [("c1", None), ("c2", None), ("c3", first), ("c4", None), ("stairs-3", None)]
    for name in ("c1", "c4"):
        journal.decide(Decision(incident_id(name), "anna", BEGAN + 120.0, avs=1))
    assert told_together(engine)[5:] == [("c1", first), ("c4", None)]
