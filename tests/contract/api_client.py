"""Clients of the web API over a real socket, as scripts would be."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.e2e.seed import OPERATOR, PASSWORD, Room
from tests.e2e.server import serving
from vigilanza.web.auth import PROOF_HEADER

LOGIN = {"name": OPERATOR, "password": PASSWORD}
COLLEAGUE = "a.bianchi"
OPEN = {"/", "/locale/{code}.json", "/healthz", "/api/login", "/api/setup", "/pictures/{token}"}
"""What answers without a session."""


class Counter:
    """Where clients come from, all of them speaking to one server; `url` is its base."""

    def __init__(self, room: Room, url: str, stack: ExitStack) -> None:
        self._room, self._stack = room, stack
        self.url = url

    def stranger(self) -> httpx.Client:
        """Knows the rules, has no session."""
        client = httpx.Client(base_url=self.url, headers={PROOF_HEADER: "1"}, timeout=20)
        return self._stack.enter_context(client)

    def operator(self) -> httpx.Client:
        """Signed in; the room must have no operator yet."""
        self._room.accounts.create(OPERATOR, PASSWORD)
        return self.signed_in(OPERATOR)

    def colleague(self) -> httpx.Client:
        """A second one, signed in."""
        self._room.accounts.create(COLLEAGUE, PASSWORD)
        return self.signed_in(COLLEAGUE)

    def signed_in(self, name: str) -> httpx.Client:
        """As somebody whose account exists, and whose password is PASSWORD."""
        client = self.stranger()
        answer = client.post("/api/login", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    def program(self, token: str) -> httpx.Client:
        """One with a token: no session, no header but this."""
        client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        return self._stack.enter_context(client)


@contextmanager
def counter_of(room: Room, *, live: bool = False) -> Iterator[Counter]:
    """A server for the room, and clients for it."""
    with serving(room.app, live=live) as url, ExitStack() as stack:
        yield Counter(room, url, stack)


def filled(path: str) -> str:
    """A route's path with ids of the right form, of things that are not there."""
    ids = {name: uuid4() for name in ("incident_id", "alert_id", "media_id", "hold_id", "export_id", "note_id")}
    names = {"name": "nobody", "camera": "C1", "camera_id": "nowhere", "destination_id": "nobody", "plan_id": "none"}
    return path.format(order_id="WO-0001", code="it", number=1, **names, **ids)


def knock(client: httpx.Client, path: str) -> tuple[int, str]:
    """Status and error code of a WebSocket that is asked for as the page does, with what this client has to show."""
    base = str(client.base_url).rstrip("/")
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    if "authorization" in client.headers:
        headers["Authorization"] = client.headers["authorization"]
    try:
        with connect(base.replace("http", "ws", 1) + path, origin=base, additional_headers=headers):  # type: ignore[arg-type]  # a NewType of str
            return 101, ""
    except InvalidStatus as refused:
        return refused.response.status_code, json.loads(refused.response.body)["error"]["code"]
