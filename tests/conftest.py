"""Fixtures for all tests."""

from tests.postgres import database_url, engine, postgres

__all__ = ["database_url", "engine", "postgres"]
