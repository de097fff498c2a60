"""The work orders of a week over a socket: whose, when by the site's clock, and for whom."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.fakes import FakeClock
from vigilanza.domain.role import Role

ROME, HOUR, DAY_S = ZoneInfo("Europe/Rome"), 3600.0, 86400.0
DOOR, OTHER = "0423.B.03.12", "0423.A.01.12"
NOW = datetime(2026, 10, 22, 9, 30, tzinfo=ROME).timestamp()
"""A Thursday; on the Sunday of that week the clocks go back."""


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock, database_url: str) -> Iterator[Room]:
    clock.time = NOW
    yield from furnish(tmp_path, clock=clock, database=database_url)


def add(room: Room, door: str, begin: float, end: float, who: str) -> None:
    room.orders.add(door=door, starts_at=begin, ends_at=end, who=who, reason="boiler", granted_by="anna")


def told(client: httpx.Client, **query: str) -> dict[str, Any]:
    answer = client.get("/api/calendar", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_week_has_its_days_and_what_covers_any_of_them(room: Room, counter: Counter, clock: FakeClock) -> None:
    add(room, DOOR, NOW + HOUR, NOW + 3 * HOUR, "today")
    add(room, "0423.C.09.99", NOW + 2 * DAY_S, NOW + 6 * DAY_S, "over the weekend")
    add(room, OTHER, NOW + 7 * DAY_S, NOW + 7 * DAY_S + HOUR, "next week")
    clock.advance(2 * HOUR)
    week = told(client := counter.operator())
    assert [one["day"] for one in week["days"]] == [f"2026-10-{day}" for day in range(19, 26)]
    assert [one["to"] - one["from"] for one in week["days"]] == [DAY_S] * 6 + [25 * HOUR]
    assert [(one["who"], one["door"]) for one in week["orders"]] == [
        ("today", DOOR),
        ("over the weekend", "0423.C.09.99"),
    ]
    assert week["doors"] == [OTHER, DOOR, "0423.C.09.99"]
    assert [one["who"] for one in told(client, day="2026-10-26")["orders"]] == ["over the weekend", "next week"]
    clock.advance(DAY_S)
    client = counter.signed_in(OPERATOR)
    assert [one["who"] for one in told(client)["orders"]] == ["today", "over the weekend"], "what has ended stays"
    assert told(client, day="2026-10-18")["orders"] == []


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "1999-12-31", "9999-12-31", "-1"])
def test_a_day_that_is_none_is_refused(client: httpx.Client, day: str) -> None:
    answer = client.get("/api/calendar", params={"day": day})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "day")


def test_it_takes_the_permission_to_see_visits(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    assert told(counter.signed_in(OPERATOR))["orders"] == []
    program = counter.program(room.tokens.issue("city", days=1, by="anna"))
    assert program.get("/api/calendar").status_code == 403
