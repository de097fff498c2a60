"""Where a person at the command line keeps the accounts of the control room."""

from collections.abc import Set
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.moment import write_moment
from vigilanza.domain.role import Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.roster import Roster
from vigilanza.store.secondfactor import SecondFactors
from vigilanza.store.tokens import ApiTokens


class StaffDesk:
    """Every act is audited as that of `console/USER`, the person's name on this machine.

    AccountRefused says what cannot be, UnknownRecord that there is no such account or token.
    """

    def __init__(self, *, config: Config, engine: Engine, clock: Clock, user: str) -> None:
        self._accounts, self._roster = Accounts(engine=engine, clock=clock), Roster(engine=engine, clock=clock)
        self._factors, self._tokens = SecondFactors(engine=engine, clock=clock), ApiTokens(engine=engine, clock=clock)
        self._zone, self._by = ZoneInfo(config.site.timezone), f"console/{user}"

    def add(self, name: str, password: str, roles: Set[Role]) -> None:
        """A new account."""
        self._accounts.create(name, password, roles=roles, by=self._by)

    def change(self, name: str, *, add: Set[Role], remove: Set[Role]) -> Set[Role]:
        """The roles it has from now on."""
        return self._roster.change(name, by=self._by, add=add, remove=remove)

    def set_password(self, name: str, password: str) -> None:
        """Another password."""
        self._accounts.set_password(name, password, by=self._by)

    def close(self, name: str) -> None:
        """Nobody signs in under this name any more."""
        self._roster.close(name, by=self._by)

    def enrol(self, name: str) -> str:
        """A new secret for one-time codes, as the address that an authenticator app reads."""
        return self._factors.enrol(name, by=self._by)

    def remove_codes(self, name: str) -> None:
        """Without one-time codes again."""
        self._factors.remove(name, by=self._by)

    def issue(self, name: str, days: float) -> str:
        """A token, told this once."""
        return self._tokens.issue(name, days=days, by=self._by)

    def revoke(self, name: str) -> int:
        """How many tokens of that name are good no more."""
        return self._tokens.revoke(name, by=self._by)

    def tell(self) -> list[str]:
        """One line per account and token."""
        people = [
            f"{member.name}  {', '.join(sorted(member.roles))}"
            + ("  with one-time codes" if member.code else "")
            + ("  closed" if member.closed else "")
            for member in self._roster.members()
        ]
        programs = [
            f"token/{token.name}  {Role.INTEGRATOR}  until {write_moment(token.expires_at, self._zone)}"
            for token in self._tokens.good()
        ]
        return people + programs


def draw_code(address: str) -> list[str]:
    """A QR code as lines for a terminal, two modules per letter, to be shown in white on black."""
    light = cv2.QRCodeEncoder.create().encode(address) > 0
    if len(light) % 2:
        light = np.vstack((light, np.ones_like(light[:1])))
    letters = np.array([[" ", "▄"], ["▀", "█"]])
    return [
        "".join(letters[upper.astype(int), lower.astype(int)])
        for upper, lower in zip(light[::2], light[1::2], strict=True)
    ]
