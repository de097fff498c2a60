"""Whoever is known at the office and abuses it: what drips, what is huge, what is spoilt changes nothing there."""

import random
import socket
import ssl
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.cap_office import Open
from tests.examples import DS
from vigilanza.bridge import cap_office

SEED, ROUNDS = 423, 300


def line(opened: Open) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(opened.known.ours.public_file))
    context.load_cert_chain(opened.known.room.file)
    port = urlsplit(opened.url).port
    assert port is not None
    plain = socket.create_connection(("127.0.0.1", port), timeout=30.0)
    return context.wrap_socket(plain, server_hostname="localhost")


def test_who_brings_half_an_ack_is_told_so_and_holds_up_nobody(
    opened: Open, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cap_office, "READ_SECONDS", 2.0)
    ack, before = opened.ack(sent), opened.state()
    head = f"POST /cap HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(ack)}\r\n\r\n".encode()
    slow = [line(opened) for _ in range(10)]
    for one in slow:
        one.sendall(head + ack[: len(ack) // 2])
    assert [one.recv(4096).split(b" ")[1] for one in slow] == [b"408"] * 10
    assert opened.counted("too_slow") == 10
    assert opened.state() == before
    for one in slow:
        one.close()
    assert opened.post(ack).status_code == 200


def test_ten_megabytes_are_refused_unread(opened: Open, sent: str) -> None:
    before = opened.state()
    with line(opened) as one:
        one.sendall(b"POST /cap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n" + b" " * 200_000)
        assert one.recv(4096).split(b" ")[1] == b"413"
    assert opened.counted("too_large") == 1
    assert opened.state() == before


def said(document: bytes) -> bytes | None:
    """What a signature covers: all but itself; None if it is no XML."""
    try:
        message = etree.fromstring(document)
    except etree.XMLSyntaxError:
        return None
    for signature in message.findall(DS):
        message.remove(signature)
    return bytes(etree.tostring(message, method="c14n"))


def test_no_spoilt_ack_counts_and_none_breaks_the_office(opened: Open, sent: str) -> None:
    """Of a genuine one bytes were changed, removed or doubled; what still says the same, signed, is left out."""
    chance, ack = random.Random(SEED), opened.ack(sent)
    before, statuses = opened.state(), set[int]()
    for _ in range(ROUNDS):
        raw = bytearray(ack)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            match chance.randrange(3):
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randint(1, 60)]
                case _:
                    raw[at:at] = raw[at : at + chance.randint(1, 60)]
        if said(bytes(raw)) != said(ack):
            statuses.add(opened.post(bytes(raw)).status_code)
            assert opened.state() == before
    assert statuses == {400, 403}
    assert opened.post(ack).status_code == 200
