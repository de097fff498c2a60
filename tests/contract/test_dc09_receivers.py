"""Two receivers of an alarm centre, and the numbers of alerts: what is tried where, and under which number."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.dc09 import (
    ACCOUNT,
    CONFIRMED,
    ENOUGH,
    HASTY,
    PREMISES,
    RAISED,
    alert,
    centre,
    channel,
    closed_port,
    receiver,
)
from tests.samples import ROOM
from vigilanza.bridge.dc09 import Dc09Channel
from vigilanza.bridge.dc09_frame import Token
from vigilanza.bridge.dc09_message import Wording
from vigilanza.bridge.dc09_receiver import TRIES
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelUnavailable, JournalUnavailable
from vigilanza.lab.alarm_centre_acts import SayAck, SayNak, Silence
from vigilanza.store.notebook import Notebook


@pytest.mark.parametrize("why", ["closed", "silent", "says NAK", "forbidden", "unnamed"])
def test_the_second_receiver_is_asked_when_the_first_does_not_take_it(sqlite: Engine, why: str) -> None:
    with centre() as first, centre() as second:
        first.script(*[SayNak() if why == "says NAK" else Silence()] * 20)
        found = {"forbidden": ("169.254.169.254",), "unnamed": ()}.get(why, ("127.0.0.1",))
        port = closed_port() if why == "closed" else first.port
        line = channel(sqlite, receiver(port, found=found), receiver(second.port), deadline=ENOUGH)
        assert line.send(CONFIRMED, Transcript()).reference == f"ACK 0001 0002 from arc.example.org:{second.port}"
        assert [one.data.partition("/")[2] for one in second.received] == ["BA12^0423.B.03.12^", "BV1^0423.B.03.12^"]
        assert first.received == []


def test_both_receivers_away_says_what_each_did(sqlite: Engine) -> None:
    with centre() as silent:
        silent.script(*[Silence()] * 20)
        line = channel(sqlite, receiver(closed_port()), receiver(silent.port), deadline=HASTY)
        with pytest.raises(ChannelUnavailable, match=r"cannot be reached .*; .* no answer that counts"):
            line.send(RAISED, Transcript())


def test_of_two_messages_one_is_not_enough(sqlite: Engine) -> None:
    with centre() as there:
        there.script(SayAck(), *[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable):
            channel(sqlite, receiver(there.port), deadline=ENOUGH).send(CONFIRMED, Transcript())
        assert (
            channel(sqlite, receiver(there.port)).send(CONFIRMED, Transcript()).reference.startswith("ACK 0001 0002 ")
        )
        assert [one.number for one in there.received] == [1, 2]


def test_another_receiver_gets_all_messages_of_an_alert(sqlite: Engine) -> None:
    with centre() as first, centre() as second:
        first.script(SayAck(), *[Silence()] * TRIES)
        channel(sqlite, receiver(first.port), receiver(second.port), deadline=ENOUGH).send(CONFIRMED, Transcript())
        assert [one.number for one in second.received] == [1, 2]


def test_an_alert_that_was_tried_keeps_its_number_over_others_and_over_a_restart(sqlite: Engine) -> None:
    with centre() as there:
        there.script(*[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable):
            channel(sqlite, receiver(there.port), deadline=HASTY).send(CONFIRMED, Transcript())
        channel(sqlite, receiver(there.port)).send(RAISED, Transcript())
        channel(sqlite, receiver(there.port)).send(CONFIRMED, Transcript())
        assert [one.number for one in there.received] == [3, 1, 2]


def test_an_alert_whose_receipt_could_not_be_stored_is_no_second_event(sqlite: Engine) -> None:
    with centre() as there:
        channel(sqlite, receiver(there.port)).send(CONFIRMED, Transcript())
        channel(sqlite, receiver(there.port)).send(CONFIRMED, Transcript())  # as the relay after the one that died
        assert [one.number for one in there.received] == [1, 2]
        assert there.duplicates == 2


def test_without_its_number_kept_nothing_is_sent() -> None:
    class Away(Notebook):
        def __init__(self) -> None:
            pass

        def read(self, name: str) -> str | None:
            return None

        def change(self, name: str, how: Callable[[str | None], str | None]) -> str | None:
            raise JournalUnavailable("the database is away")

    with centre() as there:
        line = Dc09Channel(
            destination=ROOM,
            receivers=[receiver(there.port)],
            wording=Wording(ACCOUNT, Token.SIA),
            premises=PREMISES,
            notebook=Away(),
            owed=set,
            clock=SystemClock(),
        )
        with pytest.raises(JournalUnavailable):
            line.send(RAISED, Transcript())
        assert there.requests == 0
        line.probe()
        assert there.requests == 1


def test_a_probe_asks_each_receiver_and_says_which_is_silent(sqlite: Engine) -> None:
    with centre() as first, centre() as second:
        line = channel(sqlite, receiver(first.port), receiver(second.port), deadline=ENOUGH)
        line.probe()
        assert [(one.token, one.number) for one in (*first.received, *second.received)] == [("NULL", 0), ("NULL", 0)]
        second.script(*[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable) as raised:
            line.probe()
        assert f"{second.port}: no answer" in str(raised.value)
        assert f"{first.port} answers" in str(raised.value)
        line.probe()


def test_an_address_is_tried_after_another_and_only_those_of_the_name(sqlite: Engine) -> None:
    with centre() as there:
        # Nobody listens on 127.0.0.2.
        channel(sqlite, receiver(there.port, found=("127.0.0.2", "127.0.0.1"))).send(RAISED, Transcript())
        assert len(there.received) == 1


def test_what_has_no_code_is_a_sign_of_life_and_the_receipt_says_so(sqlite: Engine) -> None:
    told = alert("incident.updated", status="confirmed", avs=3, minors="present")
    with centre() as there:
        line = channel(sqlite, receiver(closed_port()), receiver(there.port))
        assert (
            line.send(told, Transcript()).reference == f"there is no code for it; arc.example.org:{there.port} answers"
        )
        assert [one.token for one in there.received] == ["NULL"]
        there.script(*[Silence()] * 20)
        with pytest.raises(ChannelUnavailable):
            channel(sqlite, receiver(there.port), deadline=HASTY).send(told, Transcript())
