"""A connection that stays open between alerts: what it may be used for, and when it may not be used any more."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid5

import pytest

from tests.dc09 import alert
from tests.fakes import FakeClock
from tests.webhook import ALERT, SECRET, channel
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.https import KEEP_IDLE_SECONDS, KEEP_SECONDS, HttpsLine
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.lab.city import StubCity
from vigilanza.lab.event_server import EventServer
from vigilanza.lab.misbehaviour import (
    Act,
    Answer,
    AnswerTwice,
    CutAfterAccept,
    CutUnheard,
    Drip,
    Endless,
    Garbage,
    Hang,
)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StubCity]:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        yield city


def numbered(number: int) -> Alert:
    return replace(ALERT, id=uuid5(ALERT.id, str(number)), sequence=number)


def test_alerts_share_one_connection_until_the_channel_is_closed(city: StubCity) -> None:
    sender = channel(city)
    for number in range(3):
        assert f"city-{numbered(number).id}" in sender.send(numbered(number), Transcript()).reference
    assert (len(city.received), city.connections) == (3, 1)
    sender.close()
    city.wait_until_alone()


def test_a_channel_that_is_forgotten_leaves_no_connection_open(city: StubCity) -> None:
    channel(city).send(ALERT, Transcript())
    city.wait_until_alone()


def test_an_answer_that_was_refused_leaves_the_connection_open(city: StubCity) -> None:
    city.script(Answer(422), Answer(503))
    sender = channel(city)
    for error in (ChannelRefused, ChannelUnavailable):
        with pytest.raises(error):
            sender.send(ALERT, Transcript())
    sender.send(ALERT, Transcript())
    assert city.connections == 1


def test_a_connection_the_receiver_has_closed_meanwhile_costs_nothing(city: StubCity) -> None:
    sender = channel(city)
    sender.send(numbered(0), Transcript())
    city.cut()
    sender.send(numbered(1), Transcript())
    assert (len(city.received), city.requests, city.connections) == (2, 2, 2)


@pytest.mark.parametrize(("act", "duplicates"), [(CutUnheard(), 0), (CutAfterAccept(), 1)], ids=str)
def test_one_that_is_closed_while_an_alert_is_on_its_way_is_replaced_within_the_attempt(
    city: StubCity, act: Act, duplicates: int
) -> None:
    sender, transcript = channel(city), Transcript()
    sender.send(numbered(0), Transcript())
    city.script(act)
    sender.send(numbered(1), transcript)
    assert [one.id for one in city.received] == [str(numbered(0).id), str(numbered(1).id)]
    assert (city.duplicates, city.requests, city.connections) == (duplicates, 3, 2)
    assert transcript.exchange(1.0).sent_bytes == 2 * len(encode_alert(numbered(1), site="0423"))


def test_a_new_connection_that_is_cut_is_not_replaced_within_the_attempt(city: StubCity) -> None:
    sender = channel(city)
    city.script(CutUnheard())
    with pytest.raises(ChannelUnavailable):
        sender.send(ALERT, Transcript())
    sender.send(numbered(0), Transcript())
    city.script(CutUnheard(), CutUnheard())
    with pytest.raises(ChannelUnavailable):
        sender.send(ALERT, Transcript())
    assert city.requests == 4


@pytest.mark.parametrize("act", [Garbage(), Endless(), Answer(200, {"connection": "close"})], ids=str)
def test_after_an_answer_that_cannot_be_followed_by_another_a_new_one_is_made(city: StubCity, act: Act) -> None:
    sender = channel(city)
    sender.send(numbered(0), Transcript())
    city.script(act)
    if isinstance(act, Garbage):
        with pytest.raises(ChannelUnavailable):
            sender.send(numbered(1), Transcript())
    else:
        sender.send(numbered(1), Transcript())
    sender.send(numbered(2), Transcript())
    assert (city.requests, city.connections) == (3, 2)


def test_what_a_receiver_says_unasked_is_no_receipt_for_the_next_alert(city: StubCity) -> None:
    sender = channel(city)
    city.script(AnswerTwice())
    with pytest.raises(ChannelUnavailable, match="500"):
        sender.send(numbered(0), Transcript())
    assert f"city-{numbered(1).id}" in sender.send(numbered(1), Transcript()).reference
    assert [one.id for one in city.received] == [str(numbered(1).id)]


@pytest.mark.parametrize("act", [Hang(), Drip()], ids=str)
def test_the_deadline_holds_on_a_kept_connection_too_and_ends_the_attempt(city: StubCity, act: Act) -> None:
    sender = channel(city, deadline=0.5)
    sender.send(numbered(0), Transcript())
    city.script(act)
    with pytest.raises(ChannelUnavailable, match="no full answer"):
        sender.send(numbered(1), Transcript())
    assert city.requests == 2


def test_a_name_that_moves_takes_the_next_alert_with_it(city: StubCity) -> None:
    leads_to = [["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.2"], ["169.254.1.1"], ["127.0.0.1"]]
    answers = iter(leads_to)

    def resolve(host: str, port: int) -> Sequence[str]:
        return next(answers)

    sender = channel(city, resolve=resolve)
    for number in range(2):
        sender.send(numbered(number), Transcript())
    assert city.connections == 1
    for why in ("ConnectionRefused", "forbidden"):
        with pytest.raises(ChannelUnavailable, match=why):
            sender.send(numbered(2), Transcript())
    sender.send(numbered(3), Transcript())
    assert (len(city.received), city.connections) == (3, 2)


@pytest.mark.parametrize(("gap", "made"), [(KEEP_IDLE_SECONDS - 1.0, 2), (KEEP_IDLE_SECONDS, 40)])
def test_neither_an_old_nor_an_idle_connection_is_used(city: StubCity, gap: float, made: int) -> None:
    clock = FakeClock()
    sender = channel(city, clock=clock)
    began = clock.monotonic()
    for number in range(40):
        sender.send(numbered(number), Transcript())
        clock.advance(gap)
    assert KEEP_SECONDS < clock.monotonic() - began < 2 * KEEP_SECONDS
    assert city.connections == made


def test_a_probe_asks_for_a_new_proof_of_who_it_is(city: StubCity) -> None:
    sender = channel(city)
    sender.send(ALERT, Transcript())
    sign = sender.probe()
    assert sign.certificate_until is not None
    assert sign.certificate_until > SystemClock().now()
    assert (city.requests, city.connections) == (1, 2)
    city.wait_until_alone()


def test_a_receiver_that_may_not_know_an_alert_again_gets_each_over_a_connection_of_its_own() -> None:
    told = alert("detection.raised", sentence={"it": "Porta aperta"}, first_detection="2026-11-18T11:06:28Z")
    with EventServer(defined=[]) as server:
        line = HttpsLine(name="vms", url=server.url, clock=SystemClock(), plain_http=True, allow_loopback=True)
        for _ in range(2):
            line.post(str(told.id).encode(), {}, Transcript())
        assert (server.requests, server.connections) == (2, 2)
        server.wait_until_alone()
