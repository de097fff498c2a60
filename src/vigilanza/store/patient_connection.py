"""A connection to PostgreSQL that gives up a server which has stopped answering."""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

SILENCE_SECONDS = 15.0
"""Longer than any statement may last."""
_LOOK_SECONDS = 0.1
T = TypeVar("T")


class PatientConnection(psycopg.Connection[Any]):
    """A frozen server's machine still acknowledges what is sent, so no time limit of TCP would end the wait."""

    def wait(self, gen: PQGen[T], interval: float = _LOOK_SECONDS, timeout: float | None = None) -> T:
        """OperationalError if it takes longer than SILENCE_SECONDS; the connection is closed then."""
        try:
            return super().wait(gen, interval, SILENCE_SECONDS if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # the answer would come to the next question
            raise
