"""Every role asks every endpoint: what the table in domain/role.py says is what the server does."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from tests.contract.api_client import Counter, counter_of, knock
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from vigilanza.domain.account import Account
from vigilanza.domain.role import FOUNDERS, PERMISSIONS, Permission, Role
from vigilanza.store.database import writing
from vigilanza.store.schema_accounts import operator_roles
from vigilanza.web.permit import Asked, routes_of

PERSONS = [role for role in Role if role is not Role.INTEGRATOR]
ELSEWHERE = {"X-Forwarded-For": "10.1.2.3"}
"""Metrics are open on this machine."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path)


@pytest.fixture
def counter(room: Room) -> Iterator[Counter]:
    with counter_of(room) as counter:
        yield counter


def filled(path: str) -> str:
    ids = {name: uuid4() for name in ("incident_id", "alert_id", "media_id", "hold_id", "export_id", "note_id")}
    return path.format(order_id="WO-0001", name="nobody", number=1, camera="C1", camera_id="nowhere", **ids)


def ask(client: httpx.Client, route: Asked) -> tuple[int, str]:
    """Status and error code; the body of an answer that never ends is not waited for."""
    if route.method == "WS":
        return knock(client, filled(route.path))
    body: dict[str, str] | None = {} if route.method != "GET" else None
    with client.stream(route.method, filled(route.path), json=body, headers=ELSEWHERE) as answer:
        if answer.is_success:
            return answer.status_code, ""
        answer.read()
        return answer.status_code, answer.json()["error"]["code"]


def asking(app: FastAPI) -> list[Asked]:
    return [route for route in routes_of(app) if route.permission is not None]


@pytest.mark.parametrize("role", PERSONS)
def test_a_role_may_what_the_table_says_and_nothing_else(room: Room, counter: Counter, role: Role) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={role})
    client = counter.signed_in(OPERATOR)
    wrong = {}
    for route in asking(room.app):
        assert route.permission is not None
        status, code = ask(client, route)
        allowed = route.permission in PERMISSIONS[role]
        if ((status, code) != (403, "forbidden")) is not allowed or status in (401, 500):
            wrong[route] = status, code
    assert not wrong


def test_every_permission_is_asked_for_and_every_route_says_what_it_asks(room: Room) -> None:
    routes = routes_of(room.app)
    assert {route.permission for route in routes} - {None} == set(Permission)
    assert {route.path for route in routes if route.permission is None and route.signed_in} == {
        "/api/logout",
        "/api/session",
        "/api/openapi.json",
    }
    assert {route.path for route in routes if not route.signed_in} == {
        "/",
        "/locale/{code}.json",
        "/healthz",
        "/api/login",
        "/api/setup",
        "/pictures/{token}",
    }


def test_a_refusal_names_what_is_missing_and_who_has_it(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    answer = counter.signed_in(OPERATOR).get(f"/api/media/{uuid4()}")
    assert answer.status_code == 403
    assert answer.json()["error"] == {
        "code": "forbidden",
        "message": "see_pictures: only operator, supervisor may",
        "field": "see_pictures",
    }
    assert room.records("media.viewed") == []


def test_a_token_may_read_incidents_and_nothing_else(room: Room, counter: Counter) -> None:
    client = counter.program(room.tokens.issue("city", days=1, by="anna"))
    allowed = {(route.method, route.path) for route in asking(room.app) if ask(client, route)[1] != "forbidden"}
    assert allowed == {("GET", "/api/incidents"), ("GET", "/api/incidents/{incident_id}")}


def test_several_roles_may_what_any_of_them_may(room: Room, counter: Counter) -> None:
    both = {Role.AUDITOR, Role.OPERATOR}
    room.accounts.create(OPERATOR, PASSWORD, roles=both)
    told = counter.signed_in(OPERATOR).get("/api/session").json()
    assert told["roles"] == ["auditor", "operator"]
    assert set(told["permissions"]) == PERMISSIONS[Role.AUDITOR] | PERMISSIONS[Role.OPERATOR]


def test_an_account_from_before_there_were_roles_is_not_locked_out(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    with writing(room.engine) as connection:
        connection.execute(delete(operator_roles))
    told = counter.signed_in(OPERATOR).get("/api/session").json()
    assert set(told["roles"]) == FOUNDERS


def test_pictures_are_for_operators_and_supervisors_alone() -> None:
    """GDPR art. 25 and Garante 8 Apr 2010, 3.3.1: each sees what their task needs."""
    seeing = {role for role in Role if Account("x", frozenset({role})).may(Permission.SEE_PICTURES)}
    assert seeing == {Role.OPERATOR, Role.SUPERVISOR}
    only_supervisor = {Permission.MANAGE_ACCOUNTS, Permission.WRITE_OFF, Permission.GRANT_VISITS}
    assert {role for role in Role if PERMISSIONS[role] & only_supervisor} == {Role.SUPERVISOR}
    assert PERMISSIONS[Role.INTEGRATOR] == {Permission.SEE_INCIDENTS}
