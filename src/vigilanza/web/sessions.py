"""/api/login, /api/logout, /api/setup, /api/session: how an operator comes in and leaves."""

import threading
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.account import Account
from vigilanza.domain.errors import CodeMissing, CodeNeeded
from vigilanza.store.accounts import Accounts
from vigilanza.web.auth import Guard, Operator, SignedIn
from vigilanza.web.problem import Problem
from vigilanza.web.setup import SetupCode

CHECKS_AT_ONCE = 4
"""Each check of a password takes 64 MiB and a processor for a moment: a flood of them must take neither
the machine nor, by waiting, the threads that serve the operators already signed in."""

Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000), Field(repr=False)]


class Credentials(BaseModel):
    """An operator's name and password."""

    model_config = ConfigDict(extra="forbid")
    name: Short
    password: Secret


class SignIn(Credentials):
    """With the one-time code, if the account has one."""

    code: Annotated[str, StringConstraints(max_length=20)] = ""


class FirstOperator(Credentials):
    """The first operator, with the code from the server's console."""

    code: Short


class SessionRoutes:
    """`setup` is None where the first operator is made by other means."""

    def __init__(self, *, accounts: Accounts, guard: Guard, setup: SetupCode | None) -> None:
        self._accounts, self._guard, self._setup = accounts, guard, setup
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api", tags=["session"])
        router.post("/login")(self.login)
        router.post("/logout")(self.logout)
        router.post("/setup")(self.set_up)
        router.get("/session")(self.session)
        return router

    def login(self, body: SignIn, request: Request, response: Response) -> dict[str, Any]:
        """Sign in; the session is a cookie. The same answer for an unknown name, a wrong password, a barred account."""
        if not self._checks.acquire(blocking=False):
            raise Problem(503, "busy", "too many sign-ins at once, try again")
        try:
            right = self._accounts.authenticate(body.name, body.password, body.code)
        except CodeNeeded as error:
            raise Problem(403, "code_needed", str(error), field="code") from error
        finally:
            self._checks.release()
        if not right:
            raise Problem(403, "wrong_credentials", "wrong name or password, or barred for some minutes")
        return self._admit(body.name, request, response)

    def logout(self, request: Request, response: Response, _: Operator) -> dict[str, str]:
        """End the session."""
        self._guard.dismiss(request, response)
        return {}

    def set_up(self, body: FirstOperator, request: Request, response: Response) -> dict[str, Any]:
        """Create the first operator and sign in; refused as soon as there is one."""
        if self._setup is None or not self._setup.usable or self._accounts.has_any():
            raise Problem(403, "setup_closed", "set-up is closed")
        if not self._setup.spend(body.code, lambda: self._accounts.create(body.name, body.password)):
            raise Problem(403, "wrong_setup_code", "that is not the code on the server's console", field="code")
        return self._admit(body.name, request, response)

    def session(self, account: SignedIn) -> dict[str, Any]:
        """Who is signed in, and what they may do."""
        return present_account(account)

    def _admit(self, name: str, request: Request, response: Response) -> dict[str, Any]:
        try:
            return present_account(self._guard.admit(name, request, response))
        except CodeMissing as error:
            raise Problem(403, "code_missing", str(error)) from error


def present_account(account: Account) -> dict[str, Any]:
    """As the API tells it."""
    return {
        "operator": account.name,
        "roles": sorted(account.roles),
        "permissions": sorted(account.permissions),
    }
