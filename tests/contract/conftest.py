"""Fixtures for tests that ask the web API; a file whose room is furnished otherwise says so itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from tests.contract.api_client import Counter, counter_of
from tests.e2e.seed import Room, furnish
from tests.fakes import FakeClock


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
