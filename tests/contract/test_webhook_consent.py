"""The handshake of CloudEvents' webhooks: nothing is sent to who has not agreed; and the bearer token."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid5

import pytest

from tests.fakes import FakeClock
from tests.webhook import ALERT, SECRET, channel
from vigilanza.bridge import consent
from vigilanza.bridge.consent import GOOD_FOR_SECONDS, Consent
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.lab.city import StubCity
from vigilanza.lab.misbehaviour import Act, Answer, Garbage, Hang

ORIGIN, TOKEN = "aler.example.org", "mF_9.B5f-4.1JqM"
LATER = replace(ALERT, id=uuid5(ALERT.id, "later"), sequence=8)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StubCity]:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        yield city


def test_who_agrees_is_asked_once_and_told_under_the_same_name(city: StubCity) -> None:
    sender, transcript = channel(city, origin=ORIGIN, bearer=TOKEN), Transcript()
    sender.send(ALERT, transcript)
    sender.send(LATER, Transcript())
    assert city.requests == 3, "one question, two alerts"
    assert city.connections == 1
    for arrived in city.received:
        assert arrived.headers["webhook-request-origin"] == ORIGIN
        assert arrived.headers["authorization"] == f"Bearer {TOKEN}"
    assert transcript.exchange(0.1).sent_bytes > 300, "the alert's own bytes"


def test_nobody_is_asked_and_no_token_sent_unless_that_is_wanted(city: StubCity) -> None:
    channel(city).send(ALERT, Transcript())
    assert city.requests == 1
    assert not {"webhook-request-origin", "authorization"} & set(city.received[0].headers)


@pytest.mark.parametrize("allowed", ["*", ORIGIN, "ALER.example.org"])
def test_these_words_are_consent_whatever_the_status(city: StubCity, allowed: str) -> None:
    city.script(Answer(405, {"WebHook-Allowed-Origin": allowed, "WebHook-Allowed-Rate": "10"}))
    channel(city, origin=ORIGIN).send(ALERT, Transcript())
    assert len(city.received) == 1


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (Answer(200), ChannelRefused),
        (Answer(204, {"allow": "POST, OPTIONS", "access-control-allow-origin": "*"}, b""), ChannelRefused),
        (Answer(200, {"WebHook-Allowed-Origin": "other.example.org"}), ChannelRefused),
        (Answer(200, {"WebHook-Allowed-Origin": ""}), ChannelRefused),
        (Answer(302, {"location": "https://localhost/"}), ChannelRefused),
        (Answer(405), ChannelRefused),
        (Answer(429, {"retry-after": "17"}), ChannelUnavailable),
        (Answer(503), ChannelUnavailable),
    ],
    ids=str,
)
def test_nothing_else_is_consent_and_no_alert_is_sent(city: StubCity, act: Act, error: type[Exception]) -> None:
    city.script(act)
    sender = channel(city, origin=ORIGIN)
    with pytest.raises(error, match="OPTIONS answered") as raised:
        sender.send(ALERT, Transcript())
    assert type(raised.value) is error
    assert (city.requests, city.received) == (1, [])
    sender.send(ALERT, Transcript())
    assert len(city.received) == 1, "asked again, and it agreed"


def test_the_alert_is_not_held_up_by_one_who_does_not_say(city: StubCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "ANSWER_SECONDS", 1.0)
    city.script(Hang())
    with pytest.raises(ChannelUnavailable, match="no full answer in 1 s"):
        channel(city, origin=ORIGIN).send(ALERT, Transcript())


def test_a_probe_asks_too(city: StubCity) -> None:
    city.script(Answer(405))
    sender = channel(city, origin=ORIGIN)
    with pytest.raises(ChannelRefused, match="does not agree"):
        sender.probe()
    sender.probe()
    sender.send(ALERT, Transcript())
    assert city.requests == 3


def test_consent_is_good_for_a_day(city: StubCity) -> None:
    clock = FakeClock(SystemClock().now())
    line = HttpsLine(name="vms", url=city.url, clock=SystemClock(), ca_file=city.ca_file, allow_loopback=True)
    given = Consent(line=line, origin=ORIGIN, clock=clock)
    for passed, asked in ((0.0, 1), (GOOD_FOR_SECONDS - 1.0, 1), (1.0, 2)):
        clock.advance(passed)
        given.obtain({})
        assert city.requests == asked


def test_the_token_is_in_no_error(city: StubCity) -> None:
    city.script(Answer(401), Garbage())
    sender = channel(city, bearer=TOKEN)
    for _ in range(2):
        with pytest.raises((ChannelRefused, ChannelUnavailable)) as raised:
            sender.send(ALERT, Transcript())
        assert TOKEN not in str(raised.value)
