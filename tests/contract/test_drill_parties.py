"""The drill's own eyes: what its receivers tell over their lives, and what its verdict makes of that."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.dc09 import CONFIRMED, HASTY, RAISED, channel, receiver
from tests.onvif_site import Running, journal, onvif_site
from tests.samples import VMS, break_in, incident_id
from vigilanza.bridge.dc09 import Dc09Channel
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelUnavailable
from vigilanza.lab.alarm_centre_acts import Cut, Double, Silence
from vigilanza.lab.drill.dc09_party import Dc09Party
from vigilanza.lab.drill.onvif_mqtt_party import OnvifMqttParty
from vigilanza.lab.drill.party import Arrival
from vigilanza.lab.drill.pull_party import Act, PullParty
from vigilanza.lab.drill.story import CAMERAS, DOORS_EACH, camera_of, record_break_in
from vigilanza.lab.drill.verdict import Verdict, judge, judge_asking
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal


@pytest.fixture
def party() -> Iterator[Dc09Party]:
    one = Dc09Party("arc")
    one.up()
    yield one
    one.down()


def line(
    party: Dc09Party, engine: Engine, *, deadline: float = 13.0, transport: Literal["tcp", "udp"] = "tcp"
) -> Dc09Channel:
    (key,) = party.environ().values()
    return channel(engine, receiver(party.port, transport=transport, key=bytes.fromhex(key)), deadline=deadline)


class Certain(Random):
    """Chooses this."""

    def __init__(self, chosen: object) -> None:
        super().__init__(0)
        self._chosen = chosen

    def choice(self, seq: Any) -> Any:
        assert self._chosen in seq
        return self._chosen


def test_a_receiver_that_is_killed_comes_back_at_its_port_and_knows_what_it_took(
    party: Dc09Party, sqlite: Engine
) -> None:
    line(party, sqlite).send(CONFIRMED, Transcript())
    party.down()
    with pytest.raises(ChannelUnavailable, match="cannot be reached"):
        line(party, sqlite).send(CONFIRMED, Transcript())
    party.up()
    line(party, sqlite).send(CONFIRMED, Transcript())
    assert party.arrived == [("0423.B.03.12", int(CONFIRMED.at))]


def test_a_frozen_receiver_takes_the_connection_and_says_nothing(party: Dc09Party, sqlite: Engine) -> None:
    party.freeze()
    with pytest.raises(ChannelUnavailable, match="no answer that counts"):
        line(party, sqlite, deadline=HASTY).send(CONFIRMED, Transcript())
    party.thaw()
    line(party, sqlite).send(CONFIRMED, Transcript())
    assert party.arrived == [("0423.B.03.12", int(CONFIRMED.at))]


def test_an_alert_that_comes_under_other_numbers_is_there_twice(
    party: Dc09Party, sqlite: Engine, tmp_path: Path
) -> None:
    line(party, sqlite).send(CONFIRMED, Transcript())
    forgetful = open_database(f"sqlite:///{tmp_path}/forgetful.db")
    line(party, forgetful).send(replace(RAISED, at=RAISED.at + 60.0), Transcript())
    line(party, forgetful).send(CONFIRMED, Transcript())
    assert len(party.arrived) > len(set(party.arrived)) == 1


@pytest.mark.parametrize("fault", [Silence(), Cut(), Double()], ids=["lost", "answer lost", "doubled"])
def test_datagrams_may_be_lost_or_come_twice(fault: object, sqlite: Engine) -> None:
    party = Dc09Party("arc", transport="udp")
    party.up()
    try:
        party.misbehave(Certain(fault))
        line(party, sqlite, transport="udp").send(CONFIRMED, Transcript())
        line(party, sqlite, transport="udp").send(
            replace(CONFIRMED, id=RAISED.id, at=CONFIRMED.at + 60.0), Transcript()
        )
        assert party.arrived == [("0423.B.03.12", int(CONFIRMED.at)), ("0423.B.03.12", int(CONFIRMED.at) + 60)]
    finally:
        party.down()


def test_at_a_broker_an_incident_has_ended_when_nothing_of_it_stands(tmp_path: Path) -> None:
    party, topic = OnvifMqttParty("vms", folder=tmp_path), "VGZ-0423/onvif-ej/RuleEngine/a door"

    def hear(second: int, status: str, *, confidence: float = 0.9) -> None:
        data = {"vgz:Status": status, "vgz:IncidentId": "one", "vgz:Confidence": confidence}
        party.take(topic, json.dumps({"UtcTime": f"2026-11-22T02:14:{second:02}Z", "Data": data}).encode())

    begun = 1_795_313_640_000
    raised, confirmed, over = (("one", begun + 1000 * second) for second in (1, 2, 3))
    hear(1, "Detected")
    hear(2, "Confirmed")
    hear(2, "Confirmed")
    hear(3, "Closed")
    assert party.arrived == [raised, confirmed]
    party.take(topic, b"")
    assert party.arrived == [raised, confirmed, over]
    hear(2, "Confirmed")
    assert party.arrived == [raised, confirmed]
    hear(3, "Closed")
    party.take(topic, b"")
    party.take(topic, b"")
    assert party.arrived == [raised, confirmed, over]
    hear(2, "Confirmed", confidence=0.8)
    hear(3, "Closed")
    party.take(topic, b"")
    assert party.arrived.count(confirmed) == 2


@pytest.fixture
def vms() -> Iterator[PullParty]:
    one = PullParty("vms")
    one.up()
    yield one
    one.down()


def device(vms: PullParty, engine: Engine) -> AbstractContextManager[Running]:
    """Where the VMS looks for it."""
    [account], [password] = vms.settings()["accounts"], vms.environ().values()
    where = Listening("127.0.0.1", vms.port)
    return onvif_site(engine, listening=where, passwords={account["name"]: password})


def heard(vms: PullParty, count: int) -> Sequence[Arrival]:
    """Once it has heard of so many."""
    wait_until(f"{count} to be heard", lambda: len(set(vms.arrived)) >= count)
    return vms.arrived


def test_a_vms_that_asks_hears_everything_once_whoever_was_away(vms: PullParty, sqlite: Engine) -> None:
    told, book = break_in("a", began=float(int(SystemClock().now()))), journal(sqlite)
    expected = [(str(incident_id("a")), round(1000 * event.at)) for event in told[1:]]  # the first is no alarm
    with device(vms, sqlite):
        book.record(told[:2])
        assert heard(vms, 1) == expected[:1]
        vms.down()
        book.record(told[2:3])
        vms.up()
        assert heard(vms, 2) == expected[:2]
    book.record(told[3:4])
    with device(vms, sqlite):
        assert heard(vms, 3) == expected[:3]
        vms.freeze()
        book.record(told[4:])
        vms.thaw()
        assert heard(vms, 4) == expected


@pytest.mark.parametrize("act", Act)
def test_whatever_a_vms_does_it_hears_everything_once(act: Act, vms: PullParty, sqlite: Engine) -> None:
    told, book = break_in("a", began=float(int(SystemClock().now()))), journal(sqlite)
    with device(vms, sqlite):
        book.record(told[:2])
        heard(vms, 1)
        vms.misbehave(Certain(act))
        for number, event in enumerate(told[2:], 2):
            book.record([event])
            heard(vms, number)
        assert len(vms.arrived) == len(told) - 1


class Told:
    """A destination that says it has this."""

    name = VMS.id

    def __init__(self, arrived: Sequence[Arrival]) -> None:
        self.arrived = list(arrived)


def test_the_verdict_says_what_is_lost_doubled_and_out_of_order(sqlite: Engine) -> None:
    journal = Journal(engine=sqlite, destinations=[VMS], clock=SystemClock(), site="0423")
    record_break_in(journal, 0, clock=SystemClock())
    right = [("one", place) for place in range(5)]

    def verdict(arrived: Sequence[Arrival]) -> Verdict:
        return judge(sqlite, Told(arrived))

    expected = Verdict(VMS.id, owed=5, attempts=0, unpaid=5, lost=0, twice=0, disordered=0)
    assert verdict(right) == expected
    assert not expected.good
    assert replace(expected, unpaid=0).good
    assert verdict(right[:4]) == replace(expected, lost=1)
    assert verdict([*right, right[4], right[4]]) == replace(expected, twice=1)
    assert verdict([*right[:3], right[4], right[3]]) == replace(expected, disordered=1)


def test_of_one_that_asks_the_verdict_counts_what_happened_and_was_decided(sqlite: Engine) -> None:
    book = Journal(engine=sqlite, destinations=[], clock=SystemClock(), site="0423")
    record_break_in(book, 0, clock=SystemClock())
    right = [("one", place) for place in range(5)]
    expected = Verdict(VMS.id, owed=5, attempts=None, unpaid=0, lost=0, twice=0, disordered=0)
    assert judge_asking(sqlite, Told(right)) == expected
    assert judge_asking(sqlite, Told(right[1:])) == replace(expected, lost=1)


def test_each_camera_has_its_doors_and_there_are_no_more() -> None:
    numbers = range(len(CAMERAS) * DOORS_EACH)
    assert [camera_of(number) for number in numbers] == [camera for camera in CAMERAS for _ in range(DOORS_EACH)]
    with pytest.raises(IndexError):
        camera_of(len(numbers))
