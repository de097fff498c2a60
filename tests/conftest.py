"""Fixtures for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine

from tests.movenet import movenet
from tests.postgres import database_url, engine, postgres
from vigilanza.store.database import open_database

__all__ = ["database_url", "engine", "movenet", "postgres"]

# How long an example may take says something of the machine, not of the program.
settings.register_profile("vigilanza", deadline=None)
settings.load_profile("vigilanza")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands set logging up for their whole process; here that ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database for one test alone."""
    opened = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    yield opened
    opened.dispose()
