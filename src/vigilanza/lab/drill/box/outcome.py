"""What became of one seed."""

from collections.abc import Mapping
from dataclasses import dataclass

from vigilanza.lab.drill.box.promises import Account


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the `account`: `owed` alerts; `unpaid` have no receipt; `lost`: of what happened or was owed, what is not
    there, be it event, decision, alert or picture; `doubled`, `disordered`: alerts that had an effect twice, or after a
    later one; `invented`: what is there and never happened; `spoilt`: pictures that are not what they were, and an
    audit chain that does not hold.

    `gap_s`, `recovery_s`: the longest from something happening to its being kept, and from the last mend until all was
    paid. `untold`, `late`: whether nobody was told of the fault who should have been, or something was kept too late.
    `ended`: how often a part ended by itself. `may_lose`: see Kind. `remains`: the folder
    with database, media and logs of a box that broke a promise.
    """

    faults: Mapping[str, int]
    break_ins: int
    account: Account
    untold: bool
    late: bool
    may_lose: bool
    ended: int
    gap_s: float
    recovery_s: float
    seconds: float
    remains: str = ""

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        one = self.account
        gone = () if self.may_lose else (one.lost, one.spoilt)
        return not any((one.unpaid, *gone, one.doubled, one.disordered, one.invented, self.untold, self.late))
