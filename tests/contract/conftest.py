"""What several files of these tests begin with: the web API of a room, and the office open to the parties of CAP.

A file whose room is furnished otherwise says so itself.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from tests.cap import Parties, confirmed, paid, parties, reference
from tests.cap_office import Open
from tests.centre_orders import PASSWORDS, nats_server
from tests.contract.api_client import Counter, counter_of
from tests.e2e.seed import Room, furnish
from tests.fakes import FakeClock
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.database import open_database


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock)


@pytest.fixture
def counter(room: Room) -> Iterator[Counter]:
    with counter_of(room) as counter:
        yield counter


@pytest.fixture
def client(counter: Counter) -> Client:
    """Of somebody who is operator and supervisor."""
    return counter.operator()


@pytest.fixture
def clients(counter: Counter) -> tuple[Client, Client]:
    """Of two such persons: what one asks for, the other may grant."""
    return counter.operator(), counter.colleague()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    """Those who speak CAP, each with a certificate."""
    return parties(tmp_path_factory.mktemp("cap"))


@pytest.fixture
def opened(tmp_path: Path, known: Parties) -> Iterator[Open]:
    """The office."""
    with Open(open_database(f"sqlite:///{tmp_path}/vigilanza.db"), known) as opened:
        yield opened


@pytest.fixture
def sent(opened: Open) -> str:
    """A message that the room has; its triple."""
    return reference(opened.engine, paid(opened.engine, confirmed(opened.engine)).alert.incident)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    """A real NATS server between a centre and its sites, with the accounts that we print."""
    for name, password in PASSWORDS.items():
        monkeypatch.setenv(name, password)
    server = nats_server(tmp_path)
    server.start()
    yield server
    server.kill()
