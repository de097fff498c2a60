"""What several contract tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from vigilanza.store.database import open_database


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A database for one test alone."""
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    yield engine
    engine.dispose()
