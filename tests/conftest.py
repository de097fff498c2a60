"""Fixtures for all tests."""

from tests.movenet import movenet
from tests.postgres import database_url, engine, postgres

__all__ = ["database_url", "engine", "movenet", "postgres"]
