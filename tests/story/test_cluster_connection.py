"""A connection to a real NATS server comes back by itself, and never makes a caller wait longer than it said."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from tests.commands import wait_until
from vigilanza.cluster.connection import CarefulClient, NatsConnection
from vigilanza.cluster.link import NatsLink
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.lab.nats_server import NatsServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    yield server
    server.kill()


def connection(server: NatsServer, user: str | None = None, password: str | None = None) -> NatsConnection:
    return NatsConnection(NatsLink((server.url,), user, password), name="test")


async def who(client: Client) -> str:
    await client.jetstream().account_info()
    return client.connected_url.netloc if client.connected_url else ""


def reached(line: NatsConnection) -> bool:
    try:
        line.call(who, patience_s=0.5)
    except ClusterUnavailable:
        return False
    return True


def test_a_server_that_comes_later_is_found(server: NatsServer) -> None:
    with connection(server) as line:
        with pytest.raises(ClusterUnavailable, match=r"127\.0\.0\.1"):
            line.call(who, patience_s=0.3)
        server.start()
        assert wait_until("the server to be found", lambda: reached(line), timeout=20)
        assert line.call(who, patience_s=5) == f"127.0.0.1:{server.port}"


def test_a_server_that_is_killed_is_found_again_when_it_is_back(server: NatsServer) -> None:
    server.start()
    with connection(server) as line:
        line.call(who, patience_s=5)
        server.kill()
        with pytest.raises(ClusterUnavailable):
            line.call(who, patience_s=0.5)
        server.start()
        assert wait_until("the server to be found again", lambda: reached(line), timeout=20)


def test_a_frozen_server_holds_nobody_up(server: NatsServer) -> None:
    server.start()
    with connection(server) as line:
        line.call(who, patience_s=5)
        server.freeze()
        began = time.monotonic()
        with pytest.raises(ClusterUnavailable):
            line.call(who, patience_s=0.5)
        assert time.monotonic() - began < 3
        server.thaw()
        assert wait_until("an answer after the thaw", lambda: reached(line), timeout=20)


def test_what_jetstream_refuses_is_told_apart_from_a_server_that_is_away(server: NatsServer) -> None:
    server.start()
    with connection(server) as line, pytest.raises(NotFoundError):
        line.call(lambda client: client.jetstream().stream_info("unknown"), patience_s=5)


def test_nothing_is_said_to_a_server_that_wants_no_tls_where_it_should() -> None:
    heard = bytearray()

    def pretend(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                with client:
                    client.sendall(b'INFO {"server_id": "x", "version": "2.9.10", "max_payload": 1048576}\r\n')
                    while said := client.recv(4096):
                        heard.extend(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=pretend, args=(server,), daemon=True).start()
        for scheme, says in (("tls", False), ("nats", True)):
            link = NatsLink((f"{scheme}://127.0.0.1:{server.getsockname()[1]}",), "box", "in-the-clear")
            with NatsConnection(link, name="test") as line, pytest.raises(ClusterUnavailable) as refused:
                line.call(who, patience_s=1.0)
            assert (b"in-the-clear" in heard) is says
            assert says or "secure connection required" in str(refused.value)
        server.shutdown(socket.SHUT_RDWR)


def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", settings="authorization { user: box, password: right }")
    server.start()
    try:
        said = pytest.raises(ClusterUnavailable, match=r"(?i)authorization")
        with connection(server, user="box", password="wrong") as line, said:
            line.call(who, patience_s=3)
        with connection(server, user="box", password="right") as line:
            assert line.call(who, patience_s=5)
    finally:
        server.stop()


def test_leaving_ends_what_goes_on_even_if_closing_is_cancelled(
    server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a reconnection and the closing await the end of one socket, and the first is cancelled."""
    close = CarefulClient.close

    async def cancelled(client: CarefulClient) -> None:
        await close(client)
        raise asyncio.CancelledError

    monkeypatch.setattr(CarefulClient, "close", cancelled)
    server.start()
    line, never = connection(server), asyncio.Event()

    async def wait(client: Client) -> None:
        began.set()
        await never.wait()

    began = threading.Event()
    with ThreadPoolExecutor() as threads:
        waits = threads.submit(lambda: line.call(wait, patience_s=60))
        assert began.wait(10)
        line.close()
        with pytest.raises(ClusterUnavailable):
            waits.result(10)
