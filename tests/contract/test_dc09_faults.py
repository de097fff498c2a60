"""What DC-09 makes of each answer, and of none: a stand-in centre misbehaves by script, over real sockets."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import Engine

from tests.dc09 import ACCOUNT, CONFIRMED, KEY, PREMISES, RAISED, alert, channel, receiver
from tests.samples import ROOM
from vigilanza.bridge.dc09 import DEADLINE_SECONDS, Dc09Channel
from vigilanza.bridge.dc09_frame import Token
from vigilanza.bridge.dc09_message import Wording
from vigilanza.bridge.dc09_receiver import TRIES
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, JournalUnavailable
from vigilanza.lab.alarm_centre import AlarmCentre
from vigilanza.lab.alarm_centre_acts import Act, Cut, Drip, Late, Say, SayAck, SayDuh, SayNak, Silence
from vigilanza.store.database import open_database
from vigilanza.store.notebook import Notebook

CLOCK = SystemClock()
HASTY = 0.3
"""Seconds for an attempt that is to fail: a third of it for each try."""
ENOUGH = 1.5
"""The same for one that is to succeed after a try that fails."""
NOTHING: list[Act] = [
    Silence(),
    Say(b"\n\r"),
    Say(b'"NAK"'),
    Say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    Say(b"\x00\xff" * 40 + b"\r"),
    SayAck(number_more=1),
    SayAck(number_more=9_999),
    SayAck(account="BBBB"),
    SayAck(crc_more=1),
    SayAck(length_more=1),
    SayAck(length_more=-1),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/numbers.db")
    yield engine
    engine.dispose()


def centre(
    *, key: bytes | None = None, transport: Literal["tcp", "udp"] = "tcp", ahead_seconds: float = 0.0
) -> AlarmCentre:
    return AlarmCentre(clock=CLOCK, accounts={ACCOUNT: key}, transport=transport, ahead_seconds=ahead_seconds)


def closed_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


@pytest.mark.parametrize(
    ("transport", "act"),
    [
        ("tcp", Silence()),
        ("tcp", Cut()),
        ("tcp", Say(b"\n\r")),
        ("udp", Silence()),
        ("udp", Cut()),
        ("udp", SayAck(crc_more=1)),
    ],
    ids=str,
)
def test_what_is_no_answer_is_silence_and_the_frame_comes_again_under_its_number(
    engine: Engine, transport: Literal["tcp", "udp"], act: Act
) -> None:
    with centre(transport=transport) as there:
        there.script(act)
        where = receiver(there.port, transport=transport)
        assert channel(engine, where, deadline=ENOUGH).send(RAISED, Transcript()).reference.startswith("ACK 0001 from")
        assert [one.number for one in there.received] == [1]
        assert there.duplicates == (1 if isinstance(act, Cut) else 0)
        assert there.unverified == 0


@pytest.mark.parametrize("act", [*NOTHING, SayAck(clear=True)], ids=str)
def test_who_knows_the_key_says_so(engine: Engine, act: Act) -> None:
    with centre(key=KEY) as there:
        there.script(*[act] * TRIES)
        with pytest.raises(ChannelUnavailable, match="no answer that counts"):
            channel(engine, receiver(there.port, key=KEY), deadline=HASTY).send(RAISED, Transcript())
        assert there.received == []
        channel(engine, receiver(there.port, key=KEY)).send(RAISED, Transcript())
        assert [(one.number, one.encrypted) for one in there.received] == [(1, True)]


def test_silence_is_no_receipt_and_ends_at_its_deadline(engine: Engine) -> None:
    assert DEADLINE_SECONDS < 15
    transcript = Transcript()
    with centre() as there:
        there.script(*[Silence()] * 20)
        with pytest.raises(ChannelUnavailable, match="no answer that counts"):
            channel(engine, receiver(there.port), deadline=HASTY).send(RAISED, transcript)
        assert there.frames == TRIES
    assert transcript.exchange(1.0).heard == ""
    assert transcript.exchange(1.0).sent_bytes > 100 * TRIES


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_an_answer_that_drips_is_none(engine: Engine, transport: Literal["tcp", "udp"]) -> None:
    with centre(transport=transport) as there:
        there.script(*[Drip()] * 20)
        with pytest.raises(ChannelUnavailable):
            channel(engine, receiver(there.port, transport=transport), deadline=HASTY).send(RAISED, Transcript())


def test_whoever_never_stops_talking_is_not_answering(engine: Engine) -> None:
    with centre() as there:
        there.script(*[Say(b"no, no. " * 20_000)] * TRIES)
        with pytest.raises(ChannelUnavailable, match="far too much"):
            channel(engine, receiver(there.port)).send(RAISED, Transcript())
        assert there.received == []


@pytest.mark.parametrize("key", [None, KEY], ids=["clear", "encrypted"])
def test_the_receivers_own_time_is_taken_at_once_and_kept(engine: Engine, key: bytes | None) -> None:
    with centre(key=key, ahead_seconds=7_200.0) as there:
        line = channel(engine, receiver(there.port, key=key))
        line.send(RAISED, Transcript())
        assert there.frames == 2
        line.send(CONFIRMED, Transcript())
        assert there.frames == 4
        assert [one.number for one in there.received] == [1, 2, 3]
        assert all(abs(one.at - CLOCK.now() - 7_200.0) < 60 for one in there.received)


def test_a_storm_of_no_is_answered_once(engine: Engine) -> None:
    with centre() as there:
        there.script(*[SayNak(ahead_seconds=float(step)) for step in range(100)])
        with pytest.raises(ChannelUnavailable, match="NAK, to its own time too"):
            channel(engine, receiver(there.port)).send(RAISED, Transcript())
        assert there.frames == 2


def test_a_receiver_with_no_use_for_it_is_a_persons_business(engine: Engine) -> None:
    with centre() as first, centre() as second:
        first.script(SayDuh())
        line = channel(engine, receiver(first.port), receiver(second.port))
        with pytest.raises(ChannelRefused, match="DUH"):
            line.send(RAISED, Transcript())
        assert (first.frames, second.frames) == (1, 0)
        line.send(RAISED, Transcript())
        assert [one.number for one in first.received] == [1], "requeued, it is the same alert"


def test_an_alert_this_protocol_has_no_word_for_is_refused_before_anything_is_sent(engine: Engine) -> None:
    with centre() as there:
        for unknown in (alert("evidence.sealed"), alert("incident.confirmed", status="confirmed")):
            with pytest.raises(ChannelRefused, match="cannot be told"):
                channel(engine, receiver(there.port)).send(unknown, Transcript())
        assert there.frames == 0


@pytest.mark.parametrize("why", ["closed", "silent", "says NAK", "forbidden", "unnamed"])
def test_the_second_receiver_is_asked_when_the_first_does_not_take_it(engine: Engine, why: str) -> None:
    with centre() as first, centre() as second:
        first.script(*[SayNak() if why == "says NAK" else Silence()] * 20)
        found = {"forbidden": ("169.254.169.254",), "unnamed": ()}.get(why, ("127.0.0.1",))
        port = closed_port() if why == "closed" else first.port
        line = channel(engine, receiver(port, found=found), receiver(second.port), deadline=ENOUGH)
        assert line.send(CONFIRMED, Transcript()).reference == f"ACK 0001 0002 from arc.example.org:{second.port}"
        assert [one.data.partition("/")[2] for one in second.received] == ["BA12^0423.B.03.12^", "BV1^0423.B.03.12^"]
        assert first.received == []


def test_both_receivers_away_says_what_each_did(engine: Engine) -> None:
    with centre() as silent:
        silent.script(*[Silence()] * 20)
        line = channel(engine, receiver(closed_port()), receiver(silent.port), deadline=HASTY)
        with pytest.raises(ChannelUnavailable, match=r"cannot be reached .*; .* no answer that counts"):
            line.send(RAISED, Transcript())


def test_of_two_messages_one_is_not_enough(engine: Engine) -> None:
    with centre() as there:
        there.script(SayAck(), *[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable):
            channel(engine, receiver(there.port), deadline=ENOUGH).send(CONFIRMED, Transcript())
        assert (
            channel(engine, receiver(there.port)).send(CONFIRMED, Transcript()).reference.startswith("ACK 0001 0002 ")
        )
        assert [one.number for one in there.received] == [1, 2]


def test_another_receiver_gets_all_messages_of_an_alert(engine: Engine) -> None:
    with centre() as first, centre() as second:
        first.script(SayAck(), *[Silence()] * TRIES)
        channel(engine, receiver(first.port), receiver(second.port), deadline=ENOUGH).send(CONFIRMED, Transcript())
        assert [one.number for one in second.received] == [1, 2]


def test_an_alert_that_was_tried_keeps_its_number_over_others_and_over_a_restart(engine: Engine) -> None:
    with centre() as there:
        there.script(*[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable):
            channel(engine, receiver(there.port), deadline=HASTY).send(CONFIRMED, Transcript())
        channel(engine, receiver(there.port)).send(RAISED, Transcript())
        channel(engine, receiver(there.port)).send(CONFIRMED, Transcript())
        assert [one.number for one in there.received] == [3, 1, 2]


def test_without_its_number_kept_nothing_is_sent() -> None:
    class Away(Notebook):
        def __init__(self) -> None:
            pass

        def change(self, name: str, how: Callable[[str | None], str | None]) -> str | None:
            raise JournalUnavailable("the database is away")

    with centre() as there:
        line = Dc09Channel(
            destination=ROOM,
            receivers=[receiver(there.port)],
            wording=Wording(ACCOUNT, Token.SIA),
            premises=PREMISES,
            notebook=Away(),
            clock=CLOCK,
        )
        with pytest.raises(JournalUnavailable):
            line.send(RAISED, Transcript())
        assert there.frames == 0
        line.probe()
        assert there.frames == 1


def test_a_probe_asks_each_receiver_and_says_which_is_silent(engine: Engine) -> None:
    with centre() as first, centre() as second:
        line = channel(engine, receiver(first.port), receiver(second.port), deadline=ENOUGH)
        line.probe()
        assert [(one.token, one.number) for one in (*first.received, *second.received)] == [("NULL", 0), ("NULL", 0)]
        second.script(*[Silence()] * TRIES)
        with pytest.raises(ChannelUnavailable) as raised:
            line.probe()
        assert f"{second.port}: no answer" in str(raised.value)
        assert f"{first.port} answers" in str(raised.value)
        line.probe()


def test_an_address_is_tried_after_another_and_only_those_of_the_name(engine: Engine) -> None:
    with centre() as there:
        # Nobody listens on 127.0.0.2.
        channel(engine, receiver(there.port, found=("127.0.0.2", "127.0.0.1"))).send(RAISED, Transcript())
        assert len(there.received) == 1


def test_words_beyond_ascii_are_windows_1252(engine: Engine) -> None:
    with centre() as there:
        channel(engine, receiver(there.port), premises=replace(PREMISES, municipality="Forlì")).send(
            RAISED, Transcript()
        )
        [signal] = there.received
        assert signal.extended[1] == ("L", "Forlì, via Esempio 4, scala B, piano 3, interno 12")


def test_an_answer_that_comes_late_counts_all_the_same(engine: Engine) -> None:
    with centre() as there:
        there.script(Late(0.8))
        channel(engine, receiver(there.port), deadline=ENOUGH).send(RAISED, Transcript())
        assert [one.number for one in there.received] == [1]
