"""Promise 1 and the operator's decisions, on both databases."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import Engine, event, func, select

from tests.fakes import FakeClock
from tests.postgres import Postgres
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.errors import ConfigError, JournalUnavailable, UnknownRecord
from vigilanza.domain.events import Phase, Severity
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.queries import Queries
from vigilanza.store.schema import events
from vigilanza.store.schema_bridge import deliveries


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal(engine=engine, destinations=[VMS, ROOM], clock=FakeClock(), site="0423")


def counts(engine: Engine) -> tuple[int, int]:
    with reading(engine) as connection:
        return (
            connection.execute(select(func.count()).select_from(events)).scalar_one(),
            connection.execute(select(func.count()).select_from(deliveries)).scalar_one(),
        )


def owed_to(engine: Engine, destination: str) -> list[str]:
    found = [view for view in Queries(engine).deliveries_open() if view.destination == destination]
    return [view.type.removeprefix("it.aler.vigilanza.").removesuffix(".v1") for view in found]


def test_alerts_tell_times_by_the_clock_of_the_site(engine: Engine) -> None:
    rome = ZoneInfo("Europe/Rome")
    journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(), site="0423", zone=rome)
    journal.record(break_in("a", count=3))
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60.0, avs=3))
    with reading(engine) as connection:
        told = connection.execute(select(deliveries.c.data).order_by(deliveries.c.sequence)).scalars().all()
    opened = f"{datetime.fromtimestamp(BEGAN + 18.0, rome):%H:%M:%S}"
    assert told[2]["sentence"]["en"] == f"At door B.03.12: door opened at {opened}"
    assert told[3]["sentence"] == told[2]["sentence"]


@pytest.mark.parametrize("table", ["events", "deliveries", "incidents", "transitions"])
def test_an_event_and_its_deliveries_are_committed_together_or_not_at_all(
    engine: Engine, journal: Journal, table: str
) -> None:
    broken = [True]

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if broken[0] and statement.startswith(f"INSERT INTO {table}"):
            raise JournalUnavailable("pulled the plug")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(JournalUnavailable):
        journal.record(break_in("a"))
    broken[0] = False
    assert counts(engine) == (0, 0)
    assert Queries(engine).incidents() == []
    journal.record(break_in("a"))
    assert counts(engine) == (5, 5)


def test_the_same_event_twice_changes_nothing(engine: Engine, journal: Journal) -> None:
    story = break_in("a", count=3)
    journal.record([story[0], story[0], story[1]])
    before = Queries(engine).incidents()
    marker = Queries(engine).marker()
    journal.record(story[:2])
    assert Queries(engine).incidents() == before
    assert not Queries(engine).changed_since(marker)
    journal.record(story)
    assert Queries(engine).changed_since(marker)
    assert [one.sequence for one in Queries(engine).incidents()[0].events] == [0, 1, 2]


def test_what_another_box_took_for_graver_is_told_beside_it_and_once(engine: Engine, journal: Journal) -> None:
    (worth_a_look,) = break_in("a", count=1)
    alarm = replace(worth_a_look, severity=Severity.ALARM, at=worth_a_look.at + 1.0)
    for told in ([worth_a_look], [alarm], [worth_a_look, alarm], [alarm]):
        journal.record(told)
    first, beside = journal.open_incidents()
    assert (first, replace(beside, id=alarm.id)) == (worth_a_look, alarm)
    assert [view.severity for view in Queries(engine).incidents()] == [Severity.ALARM]
    assert len(owed_to(engine, "vms")) == 2


def test_a_late_event_does_not_take_an_incident_back(engine: Engine, journal: Journal) -> None:
    story = break_in("a", count=4)
    journal.record([story[3]])
    journal.record(story[:2])
    [view] = Queries(engine).incidents()
    assert (view.kind, view.phase, view.first_at, view.last_at) == (
        story[3].kind,
        story[3].phase,
        story[0].at,
        story[3].at,
    )


def test_the_control_room_is_owed_nothing_until_an_operator_confirms(engine: Engine, journal: Journal) -> None:
    story = break_in("a")
    journal.record(story[:3])
    assert owed_to(engine, "room") == []
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60, avs=1))
    assert owed_to(engine, "room") == []
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 61, avs=3))
    journal.record(story[3:])
    assert owed_to(engine, "room") == ["incident.confirmed", "detection.updated", "detection.ended"]
    assert owed_to(engine, "vms") == [
        "detection.raised",
        "detection.updated",
        "detection.updated",
        "incident.confirmed",
        "incident.confirmed",
        "detection.updated",
        "detection.ended",
    ]
    views = Queries(engine).deliveries_open()
    for destination in ("vms", "room"):
        numbers = [view.sequence for view in views if view.destination == destination]
        assert numbers == list(range(len(numbers)))


def test_the_confirmation_sums_up_the_incident(engine: Engine, journal: Journal) -> None:
    journal.record(break_in("a", count=3))
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60, avs=3))
    with reading(engine) as connection:
        data = connection.execute(select(deliveries.c.data).where(deliveries.c.destination == "room")).scalar_one()
    assert (data["kind"], data["severity"], data["unit"]) == ("door_opened", "critical", "B.03.12")
    assert [fact["fact"] for fact in data["evidence"]] == ["person_at_door", "hand_on_leaf", "leaf_changed"]


def test_a_later_decision_counts_and_the_earlier_one_stays(engine: Engine, journal: Journal) -> None:
    journal.record(break_in("a", count=2))
    rejection = Decision(incident_id("a"), "anna", BEGAN + 60, reason=RejectReason.RESIDENT)
    confirmation = Decision(incident_id("a"), "bruno", BEGAN + 90, avs=3)
    for decision in (rejection, confirmation, confirmation):
        journal.decide(decision)
    view = Queries(engine).incident(incident_id("a"))
    assert view is not None
    assert view.decisions == (rejection, confirmation)
    assert view.decision == confirmation
    assert owed_to(engine, "room") == ["incident.confirmed"]
    journal.decide(replace(rejection, at=BEGAN + 120))
    assert owed_to(engine, "room") == ["incident.confirmed", "incident.rejected"]
    chain = AuditChain(engine=engine, clock=FakeClock())
    assert [(record.who, record.action) for record in chain.latest()] == [
        ("anna", "incident.rejected"),
        ("bruno", "incident.confirmed"),
        ("anna", "incident.rejected"),
    ]


def test_after_a_withdrawn_confirmation_the_control_room_is_owed_no_more(engine: Engine, journal: Journal) -> None:
    story = break_in("a")
    journal.record(story[:2])
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60, avs=3))
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 90, reason=RejectReason.AUTHORISED_WORK))
    journal.record(story[2:])
    assert owed_to(engine, "room") == ["incident.confirmed", "incident.rejected"]


def test_a_decision_about_an_unknown_incident_is_refused_and_leaves_no_trace(engine: Engine, journal: Journal) -> None:
    with pytest.raises(UnknownRecord):
        journal.decide(Decision(incident_id("nobody"), "anna", BEGAN, avs=3))
    assert AuditChain(engine=engine, clock=FakeClock()).verify() == 0


def test_a_restarted_watch_gets_the_events_of_every_open_incident(engine: Engine, journal: Journal) -> None:
    closed, open_one, other = break_in("a"), break_in("b", count=3), break_in("c", count=1, began=BEGAN - 99)
    journal.record([*closed, *open_one, *other])
    assert journal.open_incidents() == [*other, *open_one]


def test_an_incident_keeps_its_highest_severity_when_it_ends(engine: Engine, journal: Journal) -> None:
    journal.record(break_in("a"))
    [view] = Queries(engine).incidents()
    assert (view.open, view.phase, view.severity) == (False, Phase.CLOSED, Severity.CRITICAL)


def test_undecided_incidents_come_first_the_most_severe_on_top(engine: Engine, journal: Journal) -> None:
    journal.record(break_in("closed", began=BEGAN + 900))
    journal.record(break_in("mild", count=1, began=BEGAN + 500))
    journal.record(break_in("grave", count=3))
    journal.record(break_in("grave and newer", count=3, began=BEGAN + 100))
    journal.record(break_in("decided", count=4, began=BEGAN + 950))
    journal.decide(Decision(incident_id("decided"), "m.rossi", BEGAN + 960, avs=3))
    queries = Queries(engine)
    expected = [incident_id(name) for name in ("grave", "grave and newer", "closed", "mild", "decided")]
    assert [view.id for view in queries.incidents()] == expected
    assert [view.id for view in queries.incidents(limit=2)] == expected[:2]
    assert [view.id for view in queries.incidents(include_closed=False)] == [*expected[:2], *expected[3:]]
    assert queries.waiting() == 4
    assert queries.incident(incident_id("nobody")) is None
    assert all(view.state is DeliveryState.PENDING for view in queries.incidents()[0].deliveries)


def test_a_database_that_is_away_is_said_and_used_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "vigilanza.db"
    path.mkdir()
    engine = open_database(f"sqlite:///{path}")
    journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(), site="0423")
    with pytest.raises(JournalUnavailable):
        journal.record(break_in("a"))
    path.rmdir()
    journal.record(break_in("a"))
    assert len(Queries(engine).incidents()) == 1


def test_a_server_that_vanished_without_a_word_is_noticed_within_half_a_minute(postgres: Postgres) -> None:
    engine = open_database(postgres.new_database())
    with reading(engine) as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        given = driver.info.get_parameters()
    engine.dispose()
    assert given["keepalives"] == "1"
    idle, interval, count = (int(given[f"keepalives_{name}"]) for name in ("idle", "interval", "count"))
    assert idle + interval * count <= 30
    assert int(given["tcp_user_timeout"]) <= 30_000


@pytest.mark.parametrize("url", ["sqlite://", "mysql://x/y", "what is this"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        open_database(url)
