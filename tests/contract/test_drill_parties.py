"""The drill's own eyes: what its receivers tell over their lives, and what its verdict makes of that."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dc09 import CONFIRMED, HASTY, RAISED, channel, receiver
from tests.samples import VMS
from vigilanza.bridge.dc09 import Dc09Channel
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelUnavailable
from vigilanza.lab.drill.dc09_party import Dc09Party
from vigilanza.lab.drill.party import Arrival
from vigilanza.lab.drill.story import record_break_ins
from vigilanza.lab.drill.verdict import Verdict, judge
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal


@pytest.fixture
def party() -> Iterator[Dc09Party]:
    one = Dc09Party("arc")
    one.up()
    yield one
    one.down()


def line(party: Dc09Party, engine: Engine, *, deadline: float = 13.0) -> Dc09Channel:
    (key,) = party.environ().values()
    return channel(engine, receiver(party.port, key=bytes.fromhex(key)), deadline=deadline)


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


class Told:
    """A destination that says it has this."""

    name = VMS.id

    def __init__(self, arrived: Sequence[Arrival]) -> None:
        self.arrived = list(arrived)


def test_the_verdict_says_what_is_lost_doubled_and_out_of_order(sqlite: Engine) -> None:
    journal = Journal(engine=sqlite, destinations=[VMS], clock=SystemClock(), site="0423")
    record_break_ins(journal, incidents=1, pause=0.0, clock=SystemClock())
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
