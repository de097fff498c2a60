"""What a route asks of whom: one line where the route is named.

    router.post("/{incident_id}/confirm", dependencies=[needs(Permission.DECIDE)])(self.confirm)

WebSockets are told in the same way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from vigilanza.domain.account import Account, who_may
from vigilanza.domain.role import Permission
from vigilanza.web.auth import SignedIn, current_account
from vigilanza.web.problem import Problem

_LOOPBACK = ("127.0.0.1", "::1")


class Needs:
    """Problem 401 for who is not signed in, 403 for whose roles may not."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, account: SignedIn) -> None:
        check(account, self.permission)


class NeedsElsewhere(Needs):
    """As above, but who asks from this machine needs nothing."""

    def __call__(self, connection: HTTPConnection) -> None:  # type: ignore[override]  # FastAPI reads the signature
        if connection.client is None or connection.client.host not in _LOOPBACK:
            check(current_account(connection), self.permission)


def needs(permission: Permission) -> Any:
    """As one of a route's `dependencies`."""
    return Depends(Needs(permission))


def needs_elsewhere(permission: Permission) -> Any:
    """As one of a route's `dependencies`: unless asked from this machine."""
    return Depends(NeedsElsewhere(permission))


def check(account: Account, permission: Permission) -> None:
    """Problem 403 that names what is missing, and who has it."""
    if not account.may(permission):
        roles = ", ".join(who_may(permission))
        raise Problem(403, "forbidden", f"{permission}: only {roles} may", field=permission)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one route asks; `permission` is None where being signed in is enough, or not even that is needed."""

    method: str
    path: str
    permission: Permission | None
    signed_in: bool


def routes_of(app: FastAPI) -> list[Asked]:
    """Every route besides the page's files, as they were declared; of a WebSocket the method is WS."""
    routers: tuple[APIRouter, ...] = app.state.routers
    routes = [route for router in routers for route in router.routes]
    return list(dict.fromkeys(asked for route in (*routes, *app.routes) for asked in _asked(route)))


def _asked(route: BaseRoute) -> Iterator[Asked]:
    if not isinstance(route, APIRoute | APIWebSocketRoute):
        return
    calls = set(_calls(route.dependant))
    found = [call.permission for call in calls if isinstance(call, Needs)]
    methods = sorted(route.methods or ()) if isinstance(route, APIRoute) else ["WS"]
    for method in methods:
        yield Asked(method, route.path, found[0] if found else None, bool(found) or current_account in calls)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
