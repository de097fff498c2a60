"""At the address of every receiver that is reached by TLS somebody else is found, or one who answers without end."""

import resource
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from sqlalchemy import Engine

from tests.stranger import stranger, ways
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelError, ChannelUnavailable

CHANNELS = ["webhook", "cap", "xprotect", "mqtt"]
MEGABYTES = 10 * 1_000_000
OK = b"HTTP/1.1 200 OK\r\n"
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.fromtimestamp(SystemClock().now(), UTC)


def serving(authority: trustme.CA, name: str = "localhost", *, since: timedelta = -DAY) -> ssl.SSLContext:
    """With a certificate for `name` that is good for a day and a half `since` now."""
    context, begins = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), now() + since
    authority.issue_cert(name, not_before=begins, not_after=begins + 1.5 * DAY).configure_cert(context)
    return context


IDENTITIES: dict[str, tuple[Callable[[trustme.CA], ssl.SSLContext], str]] = {
    "expired": (lambda ca: serving(ca, since=-2 * DAY), "expired"),
    "not yet valid": (lambda ca: serving(ca, since=DAY), "not yet valid"),
    "another name": (lambda ca: serving(ca, "comune.example.org"), "mismatch"),
    "another authority": (lambda _: serving(trustme.CA()), "unable to get local issuer|self-signed"),
}


@pytest.mark.parametrize("who", IDENTITIES)
@pytest.mark.parametrize("name", CHANNELS)
def test_whoever_cannot_prove_to_be_the_receiver_gets_not_a_byte(
    sqlite: Engine, tmp_path: Path, name: str, who: str
) -> None:
    authority = trustme.CA()
    make, why = IDENTITIES[who]
    with stranger(make(authority), lambda _: None) as there:
        way = ways(sqlite, tmp_path, authority, there.port, deadline=10.0)[name]
        for attempt in (lambda: way.channel.send(way.alert, Transcript()), way.channel.probe):
            with pytest.raises(ChannelUnavailable, match=f"CERTIFICATE_VERIFY_FAILED.*({why})"):
                attempt()
        way.channel.close()
    assert there.heard == []


def drip(words: bytes) -> Callable[[socket.socket], None]:
    """One byte after the other, so that no single read is ever late."""

    def say(line: socket.socket) -> None:
        never = threading.Event()
        with suppress(OSError):
            for one in words:
                line.sendall(bytes([one]))
                never.wait(0.02)

    return say


def flood(words: bytes) -> Callable[[socket.socket], None]:
    def say(line: socket.socket) -> None:
        with suppress(OSError):
            line.sendall(words)
            line.recv(1)

    return say


PUBLISH = b"\x30\x86\xad\xe2\x04\x00\x01x\x00"
"""The head of an MQTT message of ten million bytes."""
ANSWERS: dict[str, dict[str, Callable[[socket.socket], None]]] = {
    "a drip": {"mqtt": drip(b"\x20" + b"\xff" * 400), "": drip(OK + b"x-slow: " + b"." * 400)},
    "a head of 10 MB": {"mqtt": flood(PUBLISH + b"." * MEGABYTES), "": flood(OK + b"x: " + b"." * MEGABYTES)},
    "garbage": {"": flood(b"\x00\xff what is this\r\n\r\n")},
    "nothing": {"": flood(b"")},
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", CHANNELS)
def test_what_is_no_answer_ends_in_time_takes_no_memory_and_is_no_receipt(
    sqlite: Engine, tmp_path: Path, name: str, answer: str
) -> None:
    authority, clock = trustme.CA(), SystemClock()
    say = ANSWERS[answer].get(name) or ANSWERS[answer][""]
    with stranger(serving(authority), say) as there:
        way = ways(sqlite, tmp_path, authority, there.port, deadline=1.0)[name]
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, clock.monotonic()
        with pytest.raises(ChannelError):
            way.channel.send(way.alert, Transcript())
        assert clock.monotonic() - began < 10.0
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kB"
        way.channel.close()
    assert len(there.heard) == 1


@pytest.mark.parametrize("name", ["webhook", "cap", "xprotect"])
def test_of_an_answer_of_10_mb_the_beginning_is_enough(sqlite: Engine, tmp_path: Path, name: str) -> None:
    authority = trustme.CA()
    whole = OK + b"content-length: %d\r\n\r\n<x>" % MEGABYTES + b"." * (MEGABYTES - 3)
    with stranger(serving(authority), flood(whole)) as there:
        way = ways(sqlite, tmp_path, authority, there.port, deadline=10.0)[name]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert len(way.channel.send(way.alert, Transcript()).reference) < 200
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kB"
        way.channel.close()
