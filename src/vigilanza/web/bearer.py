"""Programs of others: a token in the header Authorization instead of a session, and no more often than agreed."""

from collections.abc import Callable

from starlette.requests import HTTPConnection

from vigilanza.clock import Clock
from vigilanza.domain.account import Account
from vigilanza.store.tokens import ApiTokens
from vigilanza.web.pace import Pace
from vigilanza.web.problem import Problem

PER_MINUTE = 120
_AGAIN_S = 60


def bearer_of(connection: HTTPConnection) -> str | None:
    """The token that was sent; None without one, also where a proxy's own `Authorization: Basic` is sent."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class Bearers:
    """Knows whose token it is. Of each name so many requests in a minute; names are as many as were issued."""

    def __init__(self, *, tokens: ApiTokens, clock: Clock, wrong: Callable[[str], None]) -> None:
        """`wrong` is told the address of each that comes with a token that is nobody's."""
        self._tokens, self._wrong = tokens, wrong
        self._pace = Pace(PER_MINUTE, clock=clock)

    def account(self, token: str, connection: HTTPConnection) -> Account:
        """Whose it is. Problem 401 if it is nobody's, has expired or was revoked, 429 if it is used too often."""
        account = self._tokens.account_of(token)
        if account is None:
            self._wrong("" if connection.client is None else connection.client.host)
            raise Problem(401, "wrong_token", "this token is unknown, has expired or was revoked")
        if not self._pace.step(account.name):
            raise Problem(429, "too_many", f"at most {PER_MINUTE} requests a minute", retry_after=_AGAIN_S)
        return account
