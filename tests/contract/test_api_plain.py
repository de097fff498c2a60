"""Text with a NUL, which PostgreSQL does not take, is refused with its field on both databases."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from httpx import Client

from tests.e2e.seed import Room, furnish
from tests.fakes import FakeClock

ASKED = [
    ("GET", "/api/history?camera=a%00b", None, (422, "camera")),
    ("GET", "/api/history.csv?door=a%00b", None, (422, "door")),
    ("GET", "/api/statistics?stair=a%00b", None, (422, "stair")),
    ("GET", "/api/workorders/a%00b", None, (404, None)),
    ("POST", "/api/workorders/a%00b/extend", {"to": 2e9}, (404, None)),
    ("POST", "/api/workorders/a%00b/end", None, (404, None)),
    ("POST", "/api/accounts/a%00b/roles", {"add": ["dpo"]}, (404, None)),
    ("POST", "/api/accounts/a%00b/password", {"password": "x" * 20}, (404, None)),
    ("POST", "/api/accounts/a%00b/close", None, (404, None)),
    ("POST", f"/api/deliveries/{uuid4()}/requeue", {"why": "mended\0now"}, (422, "why")),
    ("POST", f"/api/deliveries/{uuid4()}/write-off", {"why": "told\0by phone"}, (422, "why")),
    ("POST", f"/api/tasks/{uuid4()}/done", {"note": "03:20\0agente 12"}, (422, "note")),
]


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock, database_url: str) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, database=database_url)


def test_text_with_a_nul_is_refused_with_its_field(room: Room, client: Client, clock: FakeClock) -> None:
    until = clock.now() + 3600.0
    order = {"id": "ab", "door": "0423.B.03.12", "from": clock.now(), "to": until, "who": "Edil", "reason": "boiler"}
    assert client.post("/api/workorders", json=order).status_code == 200
    answers = {(method, path): client.request(method, path, json=body) for method, path, body, _ in ASKED}
    told = {asked: (answer.status_code, answer.json()["error"].get("field")) for asked, answer in answers.items()}
    assert room.orders.of("ab").ends_at == until
    assert told == {(method, path): expected for method, path, _, expected in ASKED}
