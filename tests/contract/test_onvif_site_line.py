"""The line to the ONVIF device: its port, its certificate, and the addresses it gives."""

import gc
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import trustme
from sqlalchemy import Engine

from tests.onvif_site import Client, Running, envelope, onvif_site
from vigilanza.bridge.listening import Listening
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ConfigError
from vigilanza.store.database import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine) as it:
        yield it


def test_addresses_are_those_at_which_we_are_asked(site: Running) -> None:
    """A VMS may reach us by another name, or through a router."""
    client = Client(site)
    said = client.simple("tds:GetServices")
    assert all(address.startswith(f"http://127.0.0.1:{site.device.port}/") for address in said.texts("XAddr"))
    said = client.ask("<tds:GetServices/>", headers={"host": "vigilanza.example:18443"})
    assert all(address.startswith("http://vigilanza.example:18443/onvif/") for address in said.texts("XAddr"))
    said = client.ask("<tds:GetServices/>", headers={"host": 'evil"<x>'})
    assert "evil" not in said.raw.decode()


def test_over_tls_addresses_are_too_and_nothing_is_said_in_the_clear(engine: Engine, tmp_path: Path) -> None:
    authority = trustme.CA()
    own = authority.issue_cert("localhost")
    (tmp_path / "site.pem").write_bytes(b"".join(part.bytes() for part in own.cert_chain_pems))
    own.private_key_pem.write_to_path(tmp_path / "site.key")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    listening = Listening("127.0.0.1", 0, tmp_path / "site.pem", tmp_path / "site.key")
    with onvif_site(engine, listening=listening) as site:
        context = ssl.create_default_context(cafile=tmp_path / "authority.pem")
        with httpx.Client(verify=context, trust_env=False) as line:
            where = f"https://localhost:{site.device.port}/onvif/device_service"
            said = line.post(where, content=envelope("<tds:GetServices/>"))
            assert f"https://localhost:{site.device.port}/onvif/events" in said.text
        with pytest.raises(httpx.HTTPError):
            httpx.post(site.url, content=envelope("<tds:GetServices/>"), trust_env=False)


def test_a_device_that_cannot_be_opened_says_why(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "site.pem").write_text("no certificate", "utf-8")
    wrong = Listening("127.0.0.1", 0, tmp_path / "site.pem", tmp_path / "site.pem")
    said = "onvif_device: the certificate or its key"
    with pytest.raises(ConfigError, match=said), onvif_site(engine, listening=wrong):
        pass


class Impatient(SystemClock):
    """Waits next to not at all, and says that it was asked to."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.asked.set()
        return super().wait(0.02, stop)


def test_a_port_that_is_taken_is_tried_again_until_it_is_free(engine: Engine) -> None:
    clock = Impatient()
    with ExitStack() as stack:
        other = socket.create_server(("127.0.0.1", 0))
        where = Listening("127.0.0.1", int(other.getsockname()[1]))

        def close_once_asked() -> None:
            clock.asked.wait(20)
            other.close()

        let_go = threading.Thread(target=close_once_asked)
        let_go.start()
        site = stack.enter_context(onvif_site(engine, listening=where, clock=clock))
        let_go.join()
        assert clock.asked.is_set()
        assert httpx.post(site.url, content=envelope("<tds:GetServices/>"), trust_env=False).status_code == 200


def test_a_device_that_is_ended_as_soon_as_it_is_up_lets_go_of_its_port(engine: Engine) -> None:
    for _ in range(5):
        with onvif_site(engine) as site:
            port = site.device.port
        socket.create_server(("127.0.0.1", port)).close()
    gc.collect()  # a line that nobody closed complains when it is collected
