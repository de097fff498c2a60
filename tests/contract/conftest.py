"""The parties of CAP, and the office open to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cap import Parties, confirmed, paid, parties, reference
from tests.cap_office import Open
from vigilanza.store.database import open_database


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
