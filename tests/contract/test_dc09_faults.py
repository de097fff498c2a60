"""What DC-09 makes of each answer, and of none: a stand-in centre misbehaves by script, over real sockets."""

from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import Engine

from tests.dc09 import CONFIRMED, ENOUGH, HASTY, KEY, PREMISES, RAISED, alert, centre, channel, receiver
from vigilanza.bridge.dc09 import DEADLINE_SECONDS
from vigilanza.bridge.dc09_receiver import TRIES
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.lab.alarm_centre_acts import Act, Cut, Drip, Late, Say, SayAck, SayDuh, SayNak, Silence

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
    sqlite: Engine, transport: Literal["tcp", "udp"], act: Act
) -> None:
    with centre(transport=transport) as there:
        there.script(act)
        where = receiver(there.port, transport=transport)
        assert channel(sqlite, where, deadline=ENOUGH).send(RAISED, Transcript()).reference.startswith("ACK 0001 from")
        assert [one.number for one in there.received] == [1]
        assert there.duplicates == (1 if isinstance(act, Cut) else 0)
        assert there.unverified == 0


@pytest.mark.parametrize("act", [*NOTHING, SayAck(clear=True)], ids=str)
def test_who_knows_the_key_says_so(sqlite: Engine, act: Act) -> None:
    with centre(key=KEY) as there:
        there.script(*[act] * TRIES)
        with pytest.raises(ChannelUnavailable, match="no answer that counts"):
            channel(sqlite, receiver(there.port, key=KEY), deadline=HASTY).send(RAISED, Transcript())
        assert there.received == []
        channel(sqlite, receiver(there.port, key=KEY)).send(RAISED, Transcript())
        assert [(one.number, one.encrypted) for one in there.received] == [(1, True)]


def test_silence_is_no_receipt_and_ends_at_its_deadline(sqlite: Engine) -> None:
    assert DEADLINE_SECONDS < 15
    transcript = Transcript()
    with centre() as there:
        there.script(*[Silence()] * 20)
        with pytest.raises(ChannelUnavailable, match="no answer that counts"):
            channel(sqlite, receiver(there.port), deadline=HASTY).send(RAISED, transcript)
        assert there.requests == TRIES
    assert transcript.exchange(1.0).heard == ""
    assert transcript.exchange(1.0).sent_bytes > 100 * TRIES


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_an_answer_that_drips_is_none(sqlite: Engine, transport: Literal["tcp", "udp"]) -> None:
    with centre(transport=transport) as there:
        there.script(*[Drip()] * 20)
        with pytest.raises(ChannelUnavailable):
            channel(sqlite, receiver(there.port, transport=transport), deadline=HASTY).send(RAISED, Transcript())


def test_whoever_never_stops_talking_is_not_answering(sqlite: Engine) -> None:
    with centre() as there:
        there.script(*[Say(b"no, no. " * 20_000)] * TRIES)
        with pytest.raises(ChannelUnavailable, match="far too much"):
            channel(sqlite, receiver(there.port)).send(RAISED, Transcript())
        assert there.received == []


@pytest.mark.parametrize("key", [None, KEY], ids=["clear", "encrypted"])
def test_the_receivers_own_time_is_taken_at_once_and_kept(sqlite: Engine, key: bytes | None) -> None:
    with centre(key=key, ahead_seconds=7_200.0) as there:
        line = channel(sqlite, receiver(there.port, key=key))
        line.send(RAISED, Transcript())
        assert there.requests == 2
        line.send(CONFIRMED, Transcript())
        assert there.requests == 4
        assert [one.number for one in there.received] == [1, 2, 3]
        assert all(abs(one.at - SystemClock().now() - 7_200.0) < 60 for one in there.received)


def test_a_receiver_that_has_lost_its_time_tells_none(sqlite: Engine) -> None:
    with centre() as there:
        there.script(SayNak(ahead_seconds=7_900 * 365 * 86_400.0), SayNak(ahead_seconds=-50 * 365 * 86_400.0))
        line = channel(sqlite, receiver(there.port))
        with pytest.raises(ChannelUnavailable, match="NAK"):
            line.send(RAISED, Transcript())
        line.send(RAISED, Transcript())
        assert [one.number for one in there.received] == [1]


def test_a_storm_of_no_is_answered_once(sqlite: Engine) -> None:
    with centre() as there:
        there.script(*[SayNak(ahead_seconds=float(step)) for step in range(100)])
        with pytest.raises(ChannelUnavailable, match="NAK, to its own time too"):
            channel(sqlite, receiver(there.port)).send(RAISED, Transcript())
        assert there.requests == 2


def test_a_receiver_with_no_use_for_it_is_a_persons_business(sqlite: Engine) -> None:
    with centre() as first, centre() as second:
        first.script(SayDuh())
        line = channel(sqlite, receiver(first.port), receiver(second.port))
        with pytest.raises(ChannelRefused, match="DUH"):
            line.send(RAISED, Transcript())
        assert (first.requests, second.requests) == (1, 0)
        line.send(RAISED, Transcript())
        assert [one.number for one in first.received] == [1], "requeued, it is the same alert"


def test_an_alert_this_protocol_has_no_word_for_is_refused_before_anything_is_sent(sqlite: Engine) -> None:
    with centre() as there:
        for unknown in (alert("evidence.sealed"), alert("incident.confirmed", status="confirmed")):
            with pytest.raises(ChannelRefused, match="cannot be told"):
                channel(sqlite, receiver(there.port)).send(unknown, Transcript())
        assert there.requests == 0


def test_words_beyond_ascii_are_windows_1252(sqlite: Engine) -> None:
    with centre() as there:
        channel(sqlite, receiver(there.port), premises=replace(PREMISES, municipality="Forlì")).send(
            RAISED, Transcript()
        )
        [signal] = there.received
        assert signal.extended[1] == ("L", "Forlì, via Esempio 4, scala B, piano 3, interno 12")


def test_an_answer_that_comes_late_counts_all_the_same(sqlite: Engine) -> None:
    with centre() as there:
        there.script(Late(0.8))
        channel(sqlite, receiver(there.port), deadline=ENOUGH).send(RAISED, Transcript())
        assert [one.number for one in there.received] == [1]
