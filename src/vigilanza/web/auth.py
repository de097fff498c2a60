"""Who is asking: sessions in a cookie, and requests that only our own page or a script can make."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from vigilanza.store.accounts import SESSION_SECONDS, Accounts
from vigilanza.web.problem import Problem

COOKIE = "vigilanza"
PROOF_HEADER = "X-Vigilanza"
_READING = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Knows the operator behind a request. Every method may raise JournalUnavailable."""

    def __init__(self, *, accounts: Accounts) -> None:
        self._accounts = accounts

    def operator(self, request: Request) -> str:
        """The signed-in operator's name; Problem 401 without a valid session."""
        name = self.operator_of(request.cookies.get(COOKIE))
        if name is None:
            raise Problem(401, "signed_out", "sign in first: POST /api/login")
        return name

    def operator_of(self, token: str | None) -> str | None:
        """Whose session a token is, or None."""
        return None if token is None else self._accounts.operator_of(token)

    def admit(self, name: str, request: Request, response: Response) -> None:
        """Open a session for an operator who has proved to be one."""
        response.set_cookie(
            COOKIE,
            self._accounts.open_session(name),
            max_age=int(SESSION_SECONDS),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )

    def dismiss(self, request: Request, response: Response) -> None:
        """End the session, here and in the browser."""
        token = request.cookies.get(COOKIE)
        if token is not None:
            self._accounts.close_session(token)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")


def require_own_origin(request: HTTPConnection) -> None:
    """Problem 403 for a changing request, or a WebSocket, that another site may have caused.

    The header cannot be set across origins without our leave; Origin and Sec-Fetch-Site come from the browser itself.
    """
    origin = request.headers.get("origin")
    if request.scope["type"] == "websocket":
        if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
            raise Problem(403, "forged", "a WebSocket is opened by this site's own page, which says so in Origin")
        return
    if request.scope["method"] in _READING:
        return
    if request.headers.get(PROOF_HEADER) != "1":
        raise Problem(403, "forged", f"a changing request carries the header {PROOF_HEADER}: 1")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "forged", "a changing request comes from this site's own page or from no page")


def _current_operator(request: Request) -> str:
    guard: Guard = request.app.state.guard
    return guard.operator(request)


Operator = Annotated[str, Depends(_current_operator)]
"""As an endpoint's parameter: the signed-in operator's name; without one the request ends with 401."""
