"""Whether every alert that had to be owed was owed, paid, and had one effect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.verdict import judge
from vigilanza.store.auditverify import verify_chain


@dataclass(frozen=True, slots=True)
class Account:
    """What the database, the disk and the receivers say. Fields as in Outcome."""

    owed: int = 0
    unpaid: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    invented: int = 0
    spoilt: int = 0

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
            # More at a receiver than is owed to it, or more owed than there was to tell, was made up.
            lost=max(0, short) + max(0, one.lost),
            doubled=one.twice,
            disordered=one.disordered,
            invented=max(0, -short) + max(0, -one.lost),
        )
    return account
