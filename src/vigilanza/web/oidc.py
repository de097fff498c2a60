"""/api/oidc: signing in with the account that somebody has elsewhere."""

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from vigilanza.clock import Clock
from vigilanza.domain.errors import AccountRefused, CodeMissing
from vigilanza.domain.identity import IdentityRefused
from vigilanza.store.identities import Identities
from vigilanza.web.auth import Guard
from vigilanza.web.provider import Attempt, IdentityProvider

COOKIE = "vigilanza_oidc"
PATH = "/api/oidc"
PATIENCE_S = 600.0
"""For so long somebody may take to sign in there."""
PENDING_MAX = 1000
AT_ONCE = 4
"""Answers that are looked into at a time: each waits for the provider, and takes a thread meanwhile."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Pending:
    attempt: Attempt
    browser: str
    until: float


class OidcRoutes:
    """Open to everybody. Who comes back must be the browser that was sent, with an answer that was not used before."""

    def __init__(self, *, provider: IdentityProvider, identities: Identities, guard: Guard, clock: Clock) -> None:
        self._provider, self._identities, self._guard, self._clock = provider, identities, guard, clock
        self._pending: OrderedDict[str, _Pending] = OrderedDict()
        self._lock, self._checks = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix=PATH, include_in_schema=False)
        router.get("/login")(self.send)
        router.get("/callback")(self.receive)
        return router

    def send(self, request: Request) -> Response:
        """To the provider."""
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        browser = secrets.token_urlsafe(32)
        try:
            where = self._asked(lambda: self._provider.ask(attempt))
        except IdentityRefused as error:
            return _to_page(error.code)
        with self._lock:
            self._pending[attempt.state] = _Pending(attempt, browser, self._clock.monotonic() + PATIENCE_S)
            while len(self._pending) > PENDING_MAX:
                self._pending.popitem(last=False)
        answer = RedirectResponse(where, status_code=303)
        # Lax: it must come along when the provider sends the browser back.
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=int(PATIENCE_S),
            path=PATH,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    def receive(self, request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        """Back from the provider: to the page, signed in or told why not."""
        try:
            attempt = self._take(state, request.cookies.get(COOKIE, ""))
            if error or not code:
                raise IdentityRefused("refused", f"the provider says {error!r}")
            identity = self._asked(lambda: self._provider.answer(attempt, code))
            answer = _to_page()
            self._guard.admit(self._identities.account_of(identity), request, answer)
        except IdentityRefused as refusal:
            answer = _to_page(refusal.code)
        except (AccountRefused, CodeMissing):
            answer = _to_page("closed")
        answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
        return answer

    def _asked(self, question: Callable[[], T]) -> T:
        if not self._checks.acquire(blocking=False):
            raise IdentityRefused("busy", "too many sign-ins at once")
        try:
            return question()
        finally:
            self._checks.release()

    def _take(self, state: str, browser: str) -> Attempt:
        """Once, and by the browser that was sent."""
        with self._lock:
            pending = self._pending.get(state)
            if pending is None or not hmac.compare_digest(pending.browser.encode(), browser.encode()):
                raise IdentityRefused("stale", "this browser was not sent there, or came back already")
            del self._pending[state]
        if self._clock.monotonic() > pending.until:
            raise IdentityRefused("stale", "it took too long to come back")
        return pending.attempt


def _to_page(refusal: str = "") -> HTMLResponse:
    """By a page of ours, not by a redirect: the session's cookie is only sent along by what this site itself opens."""
    where = f"/#oidc={refusal}" if refusal else "/"
    return HTMLResponse(
        '<!doctype html><meta charset="utf-8"><title>Vigilanza</title>'
        f'<meta http-equiv="refresh" content="0;url={escape(where)}">'
    )
