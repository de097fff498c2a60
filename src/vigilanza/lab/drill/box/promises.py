"""Whether every alert that had to be owed was owed, paid, and had one effect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.verdict import judge
from vigilanza.store.auditverify import verify_chain


@dataclass(frozen=True, slots=True)
class Account:
    """What the database, the disk and the receivers say. Fields as in Outcome, and `unowed`: what a receiver has, or is
    owed, of which the database does not say why.
    """

    owed: int = 0
    unpaid: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    invented: int = 0
    spoilt: int = 0
    unowed: int = 0

    def settled(self, *, may_lose: bool) -> "Account":
        """What is unowed was made up; or, where the database lost what it knew, it is that which is lost."""
        kind = "lost" if may_lose else "invented"
        return replace(self, unowed=0, **{kind: getattr(self, kind) + self.unowed})

    def __add__(self, other: "Account") -> "Account":
        return Account(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def account_of_alerts(engine: Engine, parties: Sequence[Party], due: Callable[[Party], int]) -> Account:
    """Of all parties, each to be owed as many as `due` says, and of the audit chain. JournalUnavailable."""
    account = Account(spoilt=sum(one.is_fault for one in verify_chain(engine, key=None)))
    for party in parties:
        one = judge(engine, party)
        short = due(party) - one.owed
        account += Account(
            owed=one.owed,
            unpaid=one.unpaid,
            lost=max(0, short) + max(0, one.lost),
            doubled=one.twice,
            disordered=one.disordered,
            unowed=max(0, -short) + max(0, -one.lost),
        )
    return account
