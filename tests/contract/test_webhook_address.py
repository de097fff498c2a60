"""Where an alert may be sent, and that it is sent nowhere else."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.webhook import ALERT, SECRET, channel
from vigilanza.bridge.address import is_allowed
from vigilanza.bridge.transcript import Transcript
from vigilanza.domain.errors import ChannelUnavailable, ConfigError
from vigilanza.lab.city import StubCity


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StubCity]:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        yield city


@pytest.mark.parametrize(
    "url",
    [
        "http://comune.example/alerts",
        "https://",
        "ftp://comune.example",
        "https://user:pass@comune.example/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://0.0.0.0/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://224.0.0.1/",
    ],
)
def test_addresses_no_receiver_can_have_are_configuration_errors(city: StubCity, url: str) -> None:
    with pytest.raises(ConfigError):
        channel(city, url=url, allow_loopback=False)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.1.1", "127.0.0.1", "::", "::1"])
def test_a_name_that_leads_to_such_an_address_gets_nothing(city: StubCity, address: str) -> None:
    with pytest.raises(ChannelUnavailable, match="forbidden"):
        channel(city, found=[address], allow_loopback=False).send(ALERT, Transcript())
    assert city.requests == 0


@pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.9", "192.168.7.7", "fd00::1", "5.9.1.1", "2a00::1"])
def test_private_networks_and_the_internet_are_allowed(address: str) -> None:
    assert is_allowed(address, allow_loopback=False)


def test_the_name_is_resolved_once_per_attempt_and_that_address_is_used(city: StubCity) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(f"{host}:{port}")
        return next(answers)

    sender = channel(city, resolve=resolve)
    sender.send(ALERT, Transcript())
    assert asked == [f"localhost:{city.port}"]
    with pytest.raises(ChannelUnavailable, match="forbidden"):
        sender.send(ALERT, Transcript())
    assert len(city.received) == 1


@pytest.mark.parametrize("dead", [["127.0.0.2"], ["::1"], ["127.0.0.2", "::1", "127.0.0.3"]], ids=str)
def test_a_dead_address_does_not_hide_a_living_one(city: StubCity, dead: list[str]) -> None:
    channel(city, found=[*dead, "127.0.0.1"]).send(ALERT, Transcript())
    assert len(city.received) == 1


def test_an_address_that_swallows_connections_leaves_time_for_the_next_one(city: StubCity) -> None:
    with socket.socket() as silent:
        # Takes the connection and never says a word: no TLS handshake.
        silent.bind(("127.0.0.2", city.port))
        silent.listen()
        channel(city, found=["127.0.0.2", "127.0.0.1"], deadline=2.0).send(ALERT, Transcript())
    assert len(city.received) == 1
