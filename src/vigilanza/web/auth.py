"""Who is asking: sessions in a cookie, and requests that only our own page or a script can make."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Response
from starlette.requests import HTTPConnection

from vigilanza.domain.account import Account
from vigilanza.store.accounts import SESSION_SECONDS, Accounts
from vigilanza.web.bearer import Bearers, bearer_of
from vigilanza.web.problem import Problem

COOKIE = "vigilanza"
PROOF_HEADER = "X-Vigilanza"
_READING = ("GET", "HEAD", "OPTIONS")
_SECURE = ("https", "wss")


class Guard:
    """Knows the account behind a request. Every method may raise JournalUnavailable."""

    def __init__(self, *, accounts: Accounts, bearers: Bearers, exercise: bool = False) -> None:
        """`exercise`: the page of one, in front of which nobody is signed in to the real one, nor signed out of it."""
        self._accounts, self._bearers, self.is_exercise = accounts, bearers, exercise
        # A browser sends a cookie to every port of a machine.
        self._cookie = f"{COOKIE}_exercise" if exercise else COOKIE

    def account(self, connection: HTTPConnection) -> Account:
        """Whose token was sent, if any, or who is signed in; Problem 401 without a valid one."""
        token = bearer_of(connection)
        if token is not None:
            return self._bearers.account(token, connection)
        account = self.visitor(connection)
        if account is None:
            raise Problem(401, "signed_out", "sign in first: POST /api/login")
        return account

    def visitor(self, connection: HTTPConnection) -> Account | None:
        """Whose session the browser has, or None."""
        return self.account_of(self.token_of(connection))

    def token_of(self, connection: HTTPConnection) -> str | None:
        """The token of the session that the browser has, if it has one; it may be over."""
        return connection.cookies.get(self._cookie)

    def account_of(self, token: str | None) -> Account | None:
        """Whose session a token is, or None."""
        return None if token is None else self._accounts.account_of(token)

    def admit(self, name: str, connection: HTTPConnection, response: Response) -> Account:
        """Open a session for an operator who has proved to be one."""
        token = self._accounts.open_session(name)
        account = self.account_of(token)
        if account is None:
            raise Problem(401, "signed_out", "the account was changed meanwhile: sign in again")
        response.set_cookie(
            self._cookie,
            token,
            max_age=int(SESSION_SECONDS),
            httponly=True,
            samesite="strict",
            secure=connection.url.scheme in _SECURE,
        )
        return account

    def dismiss(self, connection: HTTPConnection, response: Response) -> None:
        """End the session, here and in the browser."""
        token = self.token_of(connection)
        if token is not None:
            self._accounts.close_session(token)
        response.delete_cookie(self._cookie, httponly=True, samesite="strict", secure=connection.url.scheme in _SECURE)


def require_own_origin(connection: HTTPConnection) -> None:
    """Problem 403 for a changing request, or a WebSocket, that another site may have caused: not with a token.

    The header cannot be set across origins without our leave; Origin and Sec-Fetch-Site come from the browser itself.
    A browser sets no header of ours on a WebSocket, and tells it the cookie: there Origin alone counts.
    """
    if bearer_of(connection) is not None:
        return  # a browser asks us before it lets another site send one, and we say no
    origin = connection.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != connection.headers.get("host")
    if connection.scope["type"] == "websocket":
        if foreign or origin is None:
            raise Problem(403, "forged", "a WebSocket is opened by this site's own page, which says so in Origin")
        return
    if connection.scope["method"] in _READING:
        return
    if connection.headers.get(PROOF_HEADER) != "1":
        raise Problem(403, "forged", f"a changing request carries the header {PROOF_HEADER}: 1")
    if foreign or connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "forged", "a changing request comes from this site's own page or from no page")


def current_account(connection: HTTPConnection) -> Account:
    """As a dependency: who is asking; without anybody the request ends with 401. Asked for once in a request."""
    guard: Guard = connection.app.state.guard
    return guard.account(connection)


SignedIn = Annotated[Account, Depends(current_account)]
"""As an endpoint's parameter: who is signed in, and what they may do."""


def _name(account: SignedIn) -> str:
    return account.name


Operator = Annotated[str, Depends(_name)]
"""As an endpoint's parameter: the name of who is signed in; without anybody the request ends with 401."""
