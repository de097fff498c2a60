"""How many may be connected with the ONVIF device at once, and what the next one is told."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.onvif_site import Client, Running, envelope, onvif_site
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.onvif_device import reception, server
from vigilanza.store.database import open_database

ASKED = envelope("<tds:GetSystemDateAndTime/>")
REQUEST = b"POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(ASKED), ASKED)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine) as it:
        yield it


def answer(line: socket.socket) -> bytes:
    """All that is said to one request until the other side hangs up, or the head of it if it does not."""
    line.settimeout(20.0)
    line.sendall(REQUEST)
    said = b""
    while part := line.recv(65536):
        said += part
        if b"</s:Envelope>" in said:
            break
    return said


def connections(site: Running) -> float:
    return site.figure("vigilanza_onvif_connections")


def test_one_address_cannot_take_all_the_places(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "PER_ADDRESS_MAX", 5)
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", site.device.port))) for _ in range(5)]
        wait_until("five to be counted", lambda: connections(site) == 5)
        with socket.create_connection(("127.0.0.1", site.device.port)) as one_more:
            said = answer(one_more)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 10" in said
        with socket.create_connection(("127.0.0.1", site.device.port), source_address=("127.0.0.2", 0)) as neighbour:
            assert answer(neighbour).startswith(b"HTTP/1.1 200 ")
        assert answer(lines[0]).startswith(b"HTTP/1.1 200 "), "who was there is served"
    assert site.figure("vigilanza_onvif_connections_refused_total", of="address") == 1
    wait_until("all to be gone", lambda: connections(site) == 0)
    assert Client(site).post(ASKED).status == 200


def test_there_is_a_bound_for_all_together(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "CONNECTIONS_MAX", 3)
    with ExitStack() as stack:
        for number in range(3):
            where = ("127.0.0.1", site.device.port)
            stack.enter_context(socket.create_connection(where, source_address=(f"127.0.0.{number + 2}", 0)))
        wait_until("three to be counted", lambda: connections(site) == 3)
        assert Client(site).post(ASKED).status == 503
    assert site.figure("vigilanza_onvif_connections_refused_total", of="all") == 1


def test_a_flood_leaves_no_more_than_the_bound_and_all_go(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "PER_ADDRESS_MAX", 10)
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", site.device.port)))
        refused = "vigilanza_onvif_connections_refused_total"
        wait_until("ninety to be refused", lambda: site.figure(refused, of="address") == 90)
        assert connections(site) == 10
    wait_until("all to be gone", lambda: connections(site) == 0)
    assert Client(site).post(ASKED).status == 200


@pytest.mark.parametrize("sent", [b"", b"POST /onvif/device_service HTTP/1.1\r\nHost"], ids=["nothing", "half a head"])
def test_who_asks_nothing_is_not_waited_for(site: Running, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(reception, "FIRST_WITHIN_S", 0.3)
    with socket.create_connection(("127.0.0.1", site.device.port)) as line:
        line.sendall(sent)
        line.settimeout(20.0)
        assert line.recv(1) == b""


def test_who_has_asked_is_waited_for_longer_but_not_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "KEEP_S", 3.0)
    monkeypatch.setattr(reception, "FIRST_WITHIN_S", 0.3)
    with onvif_site(engine) as site, socket.create_connection(("127.0.0.1", site.device.port)) as line:
        assert answer(line).startswith(b"HTTP/1.1 200 ")
        line.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(20.0)
        assert line.recv(1) == b""


def test_over_tls_too(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "PER_ADDRESS_MAX", 2)
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "site.pem")
    context = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    listening = Listening("127.0.0.1", 0, tmp_path / "site.pem", tmp_path / "site.pem")
    with onvif_site(engine, listening=listening) as site, ExitStack() as stack:
        where = ("127.0.0.1", site.device.port)
        # Who never shakes hands has a place too, and no more than that.
        stack.enter_context(socket.create_connection(where))
        with context.wrap_socket(socket.create_connection(where), server_hostname="localhost") as line:
            assert answer(line).startswith(b"HTTP/1.1 200 ")
            with context.wrap_socket(socket.create_connection(where), server_hostname="localhost") as one_more:
                assert answer(one_more).startswith(b"HTTP/1.1 503 ")
        monkeypatch.setattr(reception, "FIRST_WITHIN_S", 0.3)
        with socket.create_connection(where) as silent:
            silent.settimeout(20.0)
            assert silent.recv(1) == b""
