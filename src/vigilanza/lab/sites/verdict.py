"""Whether all that was sent is at the centre: once, and in its order."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

Told: TypeAlias = tuple[str, UUID, int]
"""Site, incident, sequence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`strange`: it is there, and nobody sent it."""

    sent: int
    lost: int
    doubled: int
    disordered: int
    strange: int

    @property
    def good(self) -> bool:
        """Every promise was kept."""
        return self.lost == self.doubled == self.disordered == self.strange == 0


def judge(sent: Iterable[Told], there: Iterable[Told]) -> Verdict:
    """`sent`: in the order of each site; `there`: in that of the centre's journal."""
    wanted, found = _apart(sent), _apart(there)
    lost = doubled = disordered = strange = 0
    for site in wanted.keys() | found.keys():
        ours, theirs = wanted[site], Counter(found[site])
        known = set(ours)
        lost += sum(1 for one in ours if one not in theirs)
        doubled += sum(count - 1 for count in theirs.values())
        strange += sum(1 for one in theirs if one not in known)
        firsts = list(dict.fromkeys(one for one in found[site] if one in known))
        places = {one: place for place, one in enumerate(ours)}
        disordered += sum(1 for one, after in pairwise(firsts) if places[one] > places[after])
    return Verdict(sum(map(len, wanted.values())), lost, doubled, disordered, strange)


def _apart(told: Iterable[Told]) -> defaultdict[str, list[Told]]:
    by_site: defaultdict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_site[one[0]].append(one)
    return by_site
