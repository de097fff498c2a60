"""What the centre makes of whatever comes in the name of a site: the genuine is recorded once, all else kept apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.centre import CENTRE, centre_file, known_of, new_key, read, reception_of
from tests.samples import VMS, break_in, incident_id
from tests.sender import Sender
from vigilanza.clock import SystemClock
from vigilanza.cluster.reception import Again, Reception
from vigilanza.domain.alert import alerts_for_decision
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.message import Message, dispatches, pulses
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.database import reading
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.quarantine import KEPT_MAX, UNKNOWN, Quarantine
from vigilanza.store.queries import Queries
from vigilanza.store.standings import Standings
from vigilanza.store.summary import summary_of


@pytest.fixture
def reception(tmp_path: Path, database_url: str, engine: Engine) -> Reception:
    for site in ("0423", "0424"):
        new_key(tmp_path, site)
    path = centre_file(tmp_path, nats="nats://127.0.0.1:9", sites=["0423", "0424"], database=database_url)
    return reception_of(read(path), engine)


@pytest.fixture
def site(tmp_path: Path, reception: Reception) -> Sender:
    return Sender(tmp_path / "0423.pem", "0423")


@pytest.fixture
def other(tmp_path: Path, reception: Reception) -> Sender:
    """Compromised: somebody has its key."""
    return Sender(tmp_path / "0424.pem", "0424")


def refused(engine: Engine) -> list[tuple[str, str]]:
    return [(one.site, one.why) for one in Quarantine(engine).kept()]


def test_what_comes_twice_is_recorded_once(reception: Reception, site: Sender, engine: Engine) -> None:
    for event in [*break_in("a"), *break_in("a")]:
        reception.take_dispatches([site.event(event, event.sequence + 1, event.sequence)])
    assert known_of(engine, "0423").told == [(str(incident_id("a")), number) for number in range(5)]
    standing = Standings(engine).all()["0423"]
    assert (standing.taken, standing.missing, standing.refused) == (5, 0, 0)


def test_what_comes_twice_at_once_is_recorded_once(reception: Reception, site: Sender, engine: Engine) -> None:
    story = break_in("a")
    reception.take_dispatches([site.event(event, event.sequence + 1, event.sequence) for event in [*story, *story]])
    assert known_of(engine, "0423").told == [(str(incident_id("a")), number) for number in range(5)]
    assert Standings(engine).all()["0423"].taken == 5


def test_what_the_database_does_not_take_holds_up_nothing_that_came_with_it(
    reception: Reception, site: Sender, engine: Engine
) -> None:
    first, second = break_in("a", count=2)
    large = replace(break_in("b", count=1)[0], sequence=2**40)
    reception.take_dispatches([site.event(first, 1), site.event(large, 2, 1), site.event(second, 3, 2)])
    told = known_of(engine, "0423").told
    assert [one for one in told if one[0] == str(incident_id("a"))] == [
        (str(incident_id("a")), 0),
        (str(incident_id("a")), 1),
    ]
    if engine.dialect.name == "postgresql":  # SQLite takes any number
        assert len(told) == 2
        assert refused(engine) == [("0423", "the database does not take it: NumericValueOutOfRange")]


def changed(message: Message, **values: Any) -> bytes:
    return json.dumps(json.loads(message.body) | values).encode()


FORGERIES: dict[str, tuple[Callable[[Sender, Sender, Message], Message], str]] = {
    "one byte changed": (
        lambda _, __, sent: Message(sent.subject, sent.signature, sent.body.replace(b"stairs-3", b"stairs-4")),
        "not signed by site 0423",
    ),
    "no signature": (lambda _, __, sent: Message(sent.subject, "", sent.body), "not signed by site 0423"),
    "a signature that is none": (
        lambda _, __, sent: Message(sent.subject, "\0\ud800 no", sent.body),
        "not signed by site 0423",
    ),
    "signed by another site": (
        lambda _, other, sent: other.says(sent.body, subject=sent.subject),
        "not signed by site 0423",
    ),
    "a site that is not known": (
        lambda site, __, sent: site.says(sent.body, subject=dispatches("0999")),
        "site 0999 is not known here",
    ),
    "another site's in one's own name": (
        lambda _, other, sent: other.says(sent.body),
        "site 0424 sent what it says is of site 0423",
    ),
    "no JSON": (lambda site, _, __: site.says(b"\x00\xff"), "site 0423 sent what cannot be read"),
    "too deep": (lambda site, _, __: site.says(b"[" * 60_000), "cannot be read"),
    "a number that is none": (lambda site, _, sent: site.says(changed(sent, at=float("nan"))), "NaN is not JSON"),
    "a time that no clock tells": (lambda site, _, sent: site.says(changed(sent, at=1e300)), "not a time"),
    "another version": (lambda site, _, sent: site.says(changed(sent, version=2)), "different versions"),
    "a name with markup": (
        lambda site, _, sent: site.says(sent.body.replace(b"B.03.12", b"<b>door</b>")),
        "not the name of anything at a site",
    ),
    "a sign of life as an event": (lambda site, _, __: site.says(site.pulse(5.0).body), "not a dispatch"),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_what_is_not_genuine_is_kept_apart_and_says_who_must_act(
    reception: Reception, site: Sender, other: Sender, engine: Engine, how: str
) -> None:
    make, why = FORGERIES[how]
    message = make(site, other, site.event(break_in("a")[0]))
    reception.take_dispatches([message])
    [(_, said)] = refused(engine)
    assert why in said
    assert Quarantine(engine).kept()[0].message.body == message.body
    assert Queries(engine).incidents() == []
    reception.take_dispatches([site.event(break_in("a")[0])])
    assert len(known_of(engine, "0423").told) == 1


def test_a_site_that_uses_the_ids_of_another_takes_nothing_from_it(
    reception: Reception, site: Sender, other: Sender, engine: Engine
) -> None:
    for event in break_in("a"):
        reception.take_dispatches([other.event(event)])
    for event in break_in("a"):
        reception.take_dispatches([site.event(event)])
    for name in ("0423", "0424"):
        assert known_of(engine, name).told == [(str(incident_id("a")), number) for number in range(5)]
    cameras = {view.camera: len(view.events) for view in Queries(engine).incidents()}
    assert cameras == {"0423/stairs-3": 5, "0424/stairs-3": 5}
    assert refused(engine) == []


def test_a_decision_about_an_incident_that_is_not_the_sites_is_refused(
    reception: Reception, site: Sender, other: Sender, engine: Engine
) -> None:
    for event in break_in("a"):
        reception.take_dispatches([site.event(event)])
    with reading(engine) as connection:
        summary = summary_of(connection, incident_id("a"))
    [alert] = alerts_for_decision(
        Decision(incident_id("a"), "mallory", 1_795_000_100.0, avs=1),
        destinations=[CENTRE],
        summary=summary,
        site="0424",
        told=set(),
        next_sequence=lambda _: 0,
    )
    reception.take_dispatches([other.alert(alert)])
    [(name, why)] = refused(engine)
    assert name == "0424"
    assert "of which site 0424 has told nothing" in why
    assert known_of(engine, "0423").decided == []


def test_once_a_key_is_put_right_what_was_kept_is_taken(tmp_path: Path, database_url: str, engine: Engine) -> None:
    right = new_key(tmp_path / "site", "0423")
    new_key(tmp_path, "0423")
    path = centre_file(tmp_path, nats="nats://127.0.0.1:9", sites=["0423"], database=database_url)
    for event in break_in("a"):
        reception_of(read(path), engine).take_dispatches([Sender(right, "0423").event(event)])
    assert reception_of(read(path), engine).again() == Again(taken=0, left=5)
    (tmp_path / "0423.pub").write_bytes(right.with_suffix(".pub").read_bytes())
    assert reception_of(read(path), engine).again() == Again(taken=5, left=0)
    assert known_of(engine, "0423").told == [(str(incident_id("a")), number) for number in range(5)]
    assert refused(engine) == []


def test_what_is_kept_apart_has_a_bound_and_a_counter(
    reception: Reception, site: Sender, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigilanza.store.quarantine.KEPT_MAX", 3)
    for _ in range(5):
        reception.take_dispatches([Message(dispatches("0423"), "", b"{}")])
        reception.take_dispatches([Message(dispatches("0999"), "", b"{}")])
    standings = Standings(engine).all()
    assert KEPT_MAX == 1000
    assert [(standings[one].kept, standings[one].refused) for one in ("0423", UNKNOWN)] == [(3, 5), (3, 5)]


def test_a_dispatch_that_never_came_is_told_until_it_comes(reception: Reception, site: Sender, engine: Engine) -> None:
    first, second, third, *_ = break_in("a")
    reception.take_dispatches([site.event(first, 3, 0)])
    reception.take_dispatches([site.event(third, 9, 7)])
    assert Standings(engine).all()["0423"].missing == 1
    reception.take_pulses([site.pulse(50.0, last=12)])
    assert Standings(engine).all()["0423"].missing == 2
    reception.take_dispatches([site.event(second, 7, 3)])
    reception.take_dispatches([site.event(break_in("b")[0], 12, 9)])
    standing = Standings(engine).all()["0423"]
    assert (standing.missing, standing.missing_since) == (0, None)


def test_a_sign_of_life_counts_once(reception: Reception, site: Sender, other: Sender, engine: Engine) -> None:
    reception.take_pulses([site.pulse(50.0)])
    heard = Standings(engine).all()["0423"].heard_at
    assert heard is not None
    reception.take_pulses([site.pulse(50.0)])
    reception.take_pulses([other.says(site.pulse(60.0).body, subject=pulses("0423"))])
    assert Standings(engine).all()["0423"].heard_at == heard
    reception.take_pulses([site.pulse(40.0)])  # its clock was set back
    again = Standings(engine).all()["0423"].heard_at
    assert again is not None
    assert again > heard


def test_what_the_centre_owes_its_own_destinations_names_the_site(site: Sender, tmp_path: Path, engine: Engine) -> None:
    journal = Journal(engine=engine, destinations=[VMS], clock=SystemClock(), site="centre")
    arrivals = Arrivals(engine=engine, journal=journal, clock=SystemClock())
    key = PublicKey.read((tmp_path / "0423.pub").read_bytes())
    quarantine = Quarantine(engine)
    reception = Reception(keys={"0423": [key]}, arrivals=arrivals, quarantine=quarantine, clock=SystemClock())
    reception.take_dispatches([site.event(event) for event in break_in("a", count=3)])
    journal.decide(Decision(incident_id("a"), "carla", break_in("a")[2].at + 30.0, avs=3))
    assert journal.open_incidents() == [], "no watch here goes on from them"
    owed = []
    while (delivery := Outbox(engine).claim("vms", SystemClock().now())) is not None:
        owed.append(delivery.alert.data)
        Outbox(engine).acknowledge(delivery, Receipt("200 OK"), SystemClock().now())
    assert [(data["site"], data["unit"], data["status"]) for data in owed] == [
        *[("0423", "0423/B.03.12", "unconfirmed")] * 3,
        ("0423", "0423/B.03.12", "confirmed"),
    ]
