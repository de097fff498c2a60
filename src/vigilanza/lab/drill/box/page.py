"""The operator at the page, who tries until the page says that the decision is known."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias
from uuid import UUID

import httpx

from vigilanza.clock import Clock, SystemClock
from vigilanza.lab.page_operator import Operator
from vigilanza.store.accounts import Accounts
from vigilanza.store.database import open_database

NAME, PASSWORD, AVS = "Ada", "drill-and-nothing-else", 3
_LOOK_S = 0.1
Enrol: TypeAlias = Callable[[str], None]
"""Makes the operator known to the database at a URL."""


def enrol(database: str) -> None:
    """As this version does it."""
    engine = open_database(database)
    Accounts(engine=engine, clock=SystemClock()).create(NAME, PASSWORD)
    engine.dispose()


class Page:
    """Of a box that has one, at this port of loopback. Any thread may use it."""

    def __init__(self, port: int, *, clock: Clock) -> None:
        self.port = port
        self._address, self._clock = f"http://127.0.0.1:{port}/", clock
        self._wanted: deque[UUID] = deque()
        self._operator: Operator | None = None

    @property
    def waiting(self) -> int:
        """So many decisions are not known to be made."""
        return len(self._wanted)

    def confirm(self, incident: UUID) -> None:
        """Soon."""
        self._wanted.append(incident)

    def run(self, done: threading.Event) -> None:
        """Until `done` is set."""
        while not self._clock.wait(_LOOK_S, done):
            with suppress(httpx.HTTPError):  # the page is away, or the incident not yet there: again a little later
                while self._wanted and self._confirm(self._wanted[0]):
                    self._wanted.popleft()
        self._sign_out()

    def _confirm(self, incident: UUID) -> bool:
        """Whether it is decided, by this attempt or by an earlier one whose answer was lost."""
        try:
            if self._operator is None:
                self._operator = Operator(address=self._address, name=NAME, password=PASSWORD)
            self._operator.confirm(str(incident), AVS)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in (httpx.codes.CONFLICT, httpx.codes.NOT_FOUND):
                return error.response.status_code == httpx.codes.CONFLICT
            self._sign_out()
            raise
        except httpx.HTTPError:
            self._sign_out()
            raise
        return True

    def _sign_out(self) -> None:
        if self._operator is not None:
            self._operator.close()
            self._operator = None
