"""What every channel promises, and what the webhook makes of each answer. The receiver is real HTTPS on loopback."""

import hashlib
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from tests.samples import BEGAN
from tests.webhook import ALERT, OLD_SECRET, SECRET, channel
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.transcript import Transcript
from vigilanza.bridge.webhook import BODY_MAX_BYTES
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.lab.city import StubCity
from vigilanza.lab.misbehaviour import Act, Answer, CutAfterAccept, CutMidAnswer, Drip, Endless, Garbage, Hang


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StubCity]:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        yield city


def test_an_accepted_alert_gives_a_receipt_that_names_the_receivers_proof(city: StubCity) -> None:
    receipt = channel(city).send(ALERT, Transcript())
    assert receipt.reference.startswith(f"200 OK; id city-{ALERT.id}; sha256 ")
    [arrived] = city.received
    assert arrived.id == str(ALERT.id)
    assert arrived.event == {
        "specversion": "1.0",
        "id": str(ALERT.id),
        "source": "urn:vigilanza:site:0423",
        "type": "it.aler.vigilanza.detection.raised.v1",
        "time": "2026-11-18T11:06:40.480000Z",
        "subject": str(ALERT.incident),
        "datacontenttype": "application/json",
        "sequence": "0000000007",
        "data": ALERT.data,
    }


def test_the_same_alert_again_is_the_same_to_the_receiver(city: StubCity) -> None:
    sender = channel(city)
    assert sender.send(ALERT, Transcript()) == sender.send(ALERT, Transcript())
    assert (len(city.received), city.duplicates) == (1, 1)


def test_the_body_is_the_same_at_each_attempt_and_any_cloudevents_reader_understands_it() -> None:
    body = encode_alert(ALERT, site="0423")
    assert encode_alert(ALERT, site="0423") == body
    event = from_http_event(HTTPMessage({"content-type": "application/cloudevents+json"}, body))
    assert event.get_id() == str(ALERT.id)
    assert event.get_time() == datetime.fromtimestamp(ALERT.at, UTC)
    assert event.get_data() == ALERT.data


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (Answer(400), ChannelRefused),
        (Answer(401), ChannelRefused),
        (Answer(403), ChannelRefused),
        (Answer(404), ChannelRefused),
        (Answer(409), ChannelRefused),
        (Answer(410), ChannelRefused),
        (Answer(413), ChannelRefused),
        (Answer(422), ChannelRefused),
        (Answer(408), ChannelUnavailable),
        (Answer(425), ChannelUnavailable),
        (Answer(429), ChannelUnavailable),
        (Answer(500), ChannelUnavailable),
        (Answer(502), ChannelUnavailable),
        (Answer(503), ChannelUnavailable),
        (Answer(504), ChannelUnavailable),
        (Garbage(), ChannelUnavailable),
        (CutAfterAccept(), ChannelUnavailable),
        (CutMidAnswer(), ChannelUnavailable),
    ],
    ids=str,
)
def test_only_a_whole_2xx_is_a_receipt_and_the_next_attempt_is_unharmed(
    city: StubCity, act: Act, error: type[Exception]
) -> None:
    city.script(act)
    sender = channel(city)
    with pytest.raises(error) as raised:
        sender.send(ALERT, Transcript())
    assert type(raised.value) is error
    sender.send(ALERT, Transcript())
    assert len(city.received) == 1
    assert city.duplicates == (1 if isinstance(act, CutAfterAccept | CutMidAnswer) else 0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(city: StubCity, status: int) -> None:
    city.script(Answer(status, {"location": city.url}))
    with pytest.raises(ChannelRefused, match="redirect"):
        channel(city).send(ALERT, Transcript())
    assert city.requests == 1
    assert city.received == []


@pytest.mark.parametrize("act", [Hang(), Drip()], ids=str)
def test_a_whole_attempt_ends_at_its_deadline_however_slow_the_answer(city: StubCity, act: Act) -> None:
    city.script(act)
    with pytest.raises(ChannelUnavailable, match="no full answer"):
        channel(city, deadline=0.5).send(ALERT, Transcript())


def test_the_deadline_covers_the_resolver_too(city: StubCity) -> None:
    stuck = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        stuck.wait()
        return ["127.0.0.1"]

    sender = channel(city, resolve=resolve, deadline=0.3)
    with pytest.raises(ChannelUnavailable, match="resolved"):
        sender.send(ALERT, Transcript())
    stuck.set()


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_passed_on_as_seconds(city: StubCity, status: int) -> None:
    in_an_hour = format_datetime(datetime.fromtimestamp(SystemClock().now() + 3600, UTC), usegmt=True)
    city.script(
        Answer(status, {"retry-after": "17"}),
        Answer(status, {"retry-after": in_an_hour}),
        Answer(status, {"retry-after": "soon"}),
        Answer(status, {"retry-after": "-5"}),
        Answer(status, {"retry-after": f"Mon, 30 Nov 2026 00:00:00 +{'9' * 20}"}),
        Answer(status),
    )
    asked = []
    for _ in range(6):
        with pytest.raises(ChannelUnavailable) as raised:
            channel(city).send(ALERT, Transcript())
        asked.append(raised.value.retry_after)
    assert asked[0] == 17.0
    assert asked[1] == pytest.approx(3600, abs=120)
    assert asked[2:] == [None] * 4


def test_an_unreachable_or_unnamed_receiver_is_unavailable(city: StubCity) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"https://localhost:{closed.getsockname()[1]}/"
        with pytest.raises(ChannelUnavailable):
            channel(city, url=url).send(ALERT, Transcript())
    with pytest.raises(ChannelUnavailable, match="forbidden"):
        channel(city, found=()).send(ALERT, Transcript())


def test_a_receiver_that_cannot_prove_who_it_is_gets_nothing(city: StubCity, tmp_path: Path) -> None:
    with StubCity(directory=tmp_path / "impostor", secret=SECRET) as impostor:
        with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            channel(city, url=impostor.url).send(ALERT, Transcript())
        assert impostor.requests == 0


def test_the_certificate_must_carry_the_urls_name_though_the_address_is_pinned(city: StubCity) -> None:
    url = city.url.replace("localhost", "comune.example")
    with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        channel(city, url=url).send(ALERT, Transcript())
    assert city.requests == 0


def test_the_receiver_can_check_that_it_is_us(city: StubCity) -> None:
    with pytest.raises(ChannelRefused, match="401"):
        channel(city, secret=OLD_SECRET).send(ALERT, Transcript())
    assert city.unverified == 1


def test_during_a_rotation_a_receiver_with_either_secret_is_content(tmp_path: Path) -> None:
    for number, known in enumerate((SECRET, OLD_SECRET)):
        with StubCity(directory=tmp_path / str(number), secret=known) as city:
            channel(city, secret=SECRET, previous_secret=OLD_SECRET).send(ALERT, Transcript())
            assert len(city.received) == 1


def test_an_alert_too_large_is_refused_before_anything_is_sent(city: StubCity) -> None:
    huge = Alert(ALERT.id, "vms", ALERT.incident, 0, ALERT.type, BEGAN, {"words": "x" * BODY_MAX_BYTES})
    with pytest.raises(ChannelRefused, match="bytes"):
        channel(city).send(huge, Transcript())
    assert city.requests == 0


def test_an_endless_answer_is_read_only_so_far(city: StubCity) -> None:
    city.script(Endless())
    assert channel(city).send(ALERT, Transcript()).reference.startswith("200 OK; sha256 ")
    assert len(city.received) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (rb'{"id":"\ud800"}', ""),
        (rb'{"id":"\u0000"}', ""),
        (rb'{"id":"A\u00007\ud800\n\u00e0"}', "id A7; "),
        (b'{"id":17}', "id 17; "),
        (b"[" * 16_000, ""),
        (b'{"id":' + b"9" * 5_000 + b"}", ""),
        (b"\xff\xfe\x00", ""),
    ],
    ids=["surrogate", "nul", "mixed", "number", "deep", "huge", "bytes"],
)
def test_whatever_the_receiver_says_the_receipt_is_printable(city: StubCity, body: bytes, told: str) -> None:
    city.script(Answer(200, body=body))
    digest = hashlib.sha256(body).hexdigest()
    assert channel(city).send(ALERT, Transcript()).reference == f"200 OK; {told}sha256 {digest}"


def test_errors_repeat_neither_secret_nor_url(city: StubCity) -> None:
    city.script(Answer(500), Garbage())
    for _ in range(2):
        with pytest.raises(ChannelUnavailable) as raised:
            channel(city, url=city.url + "?token=geheim").send(ALERT, Transcript())
        assert "geheim" not in str(raised.value)
        assert SECRET not in str(raised.value)
