"""Fixtures for all tests."""

from hypothesis import settings

from tests.movenet import movenet
from tests.postgres import database_url, engine, postgres

__all__ = ["database_url", "engine", "movenet", "postgres"]

# How long an example may take says something of the machine, not of the program.
settings.register_profile("vigilanza", deadline=None)
settings.load_profile("vigilanza")
