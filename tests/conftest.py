"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.movenet import movenet
from tests.postgres import database_url, engine, postgres

__all__ = ["database_url", "engine", "movenet", "postgres"]

# How long an example may take says something of the machine, not of the program.
settings.register_profile("vigilanza", deadline=None)
settings.load_profile("vigilanza")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands set logging up for their whole process; here that ends with the test."""
    yield
    structlog.reset_defaults()
