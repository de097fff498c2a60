"""Which box of a site watches which camera: the table of leases, and what one box makes of it. Pure.

A lease has no end: its holder keeps it until somebody else has it in the table. A holder that gives no sign of life
loses it to the others; one that has more than its share offers cameras at rest, and goes on watching each until its
heir has seen it and taken it over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import IntEnum

NOBODY = ""
"""Holds what was given back."""
OFFERS_AT_ONCE = 2
"""So many cameras of one box change hands at a time: each is watched twice meanwhile."""


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` watches the camera. `token` grows with every holder; `heir` is whom the holder offers it to.

    `urgent`: the holder sees nothing of it, and the heir tells what he sees from the first picture on.
    """

    holder: str
    token: int
    heir: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class LeaseTable:
    """Leases by camera, and of each box how many cameras it may watch, as of one `revision` (0: nobody wrote any)."""

    leases: Mapping[str, Lease] = field(default_factory=dict)
    boxes: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one box stands as it reads the table. `cameras` are all of the site, in one order for all boxes.

    `alive`: boxes that give signs of life, this one included. Of its own cameras: `watching` those whose eyes are open,
    `seeing` those that give pictures, `blind` those that have given none for a while, `resting` those where it sees
    that nothing happens, `refused` those whose heir did not come. `overdue`: nobody holds these, and the one
    whose turn it is has not claimed them.
    """

    box: str
    capacity: int
    cameras: Sequence[str]
    alive: frozenset[str]
    watching: AbstractSet[str] = frozenset()
    seeing: AbstractSet[str] = frozenset()
    blind: AbstractSet[str] = frozenset()
    resting: AbstractSet[str] = frozenset()
    refused: AbstractSet[str] = frozenset()
    overdue: AbstractSet[str] = frozenset()


def decide(table: LeaseTable, stand: Stand) -> LeaseTable:
    """The table as this box would have it; equal to `table` if it leaves all as it is. Tokens are its revision."""
    alive = stand.alive
    leases = {name: one for name, one in table.leases.items() if name in stand.cameras or one.holder != stand.box}
    holding = {one.holder for one in leases.values()}
    boxes = {name: room for name, room in table.boxes.items() if name in alive or name in holding}
    boxes[stand.box] = stand.capacity
    room = {name: boxes[name] for name in sorted(alive) if name in boxes}
    _claim(leases, room, stand, table.revision)
    _inherit(leases, room, stand, table.revision)
    _rescue(leases, room, stand)
    _offer(leases, room, stand)
    return LeaseTable(leases, boxes, table.revision)


def given_back(table: LeaseTable, box: str) -> LeaseTable:
    """As a box leaves it that ends in good order."""
    leases = {name: replace(one, holder=NOBODY) if one.holder == box else one for name, one in table.leases.items()}
    return LeaseTable(leases, {name: room for name, room in table.boxes.items() if name != box}, table.revision)


def duties(table: LeaseTable, stand: Stand) -> dict[str, bool]:
    """The cameras this box is to look at: True for those it tells of, False for those it is to take over first.

    What it watches and nobody else holds it goes on watching.
    """
    known = set(stand.cameras)
    ours = {name: one for name, one in table.leases.items() if stand.box in (one.holder, one.heir)}
    mine = {name: one.holder == stand.box or one.urgent for name, one in ours.items()}
    mine |= dict.fromkeys(stand.watching - table.leases.keys(), True)
    return {name: held for name, held in mine.items() if name in known}


def shares(cameras: int, room: Mapping[str, int]) -> dict[str, int]:
    """How many of `cameras` each box is to watch, in proportion to its `room` and never more than that."""
    given = dict.fromkeys(room, 0)
    for _ in range(min(cameras, sum(room.values()))):
        given[_emptiest(given, room)] += 1
    return given


class LeaseState(IntEnum):
    """How one camera stands, as one box sees it."""

    NOBODY = 0
    """No living box holds it: it is not watched."""
    ELSEWHERE = 1
    """Another box watches it."""
    HELD = 2
    """This box watches it."""
    OFFERED = 3
    """So it does, and offers it to one that has less than its share."""
    TAKING = 4
    """It is offered to this box, which looks already and tells nothing yet."""


def state_of(camera: str, table: LeaseTable, *, box: str, alive: AbstractSet[str]) -> LeaseState:
    """As `box` sees it."""
    lease = table.leases.get(camera)
    if lease is not None and lease.holder == box:
        return LeaseState.HELD if lease.heir is None else LeaseState.OFFERED
    if lease is None or lease.holder not in alive:
        return LeaseState.NOBODY
    return LeaseState.TAKING if lease.heir == box else LeaseState.ELSEWHERE


def _emptiest(given: Mapping[str, int], room: Mapping[str, int]) -> str:
    free = (name for name in room if given[name] < room[name])
    return min(free, key=lambda name: ((given[name] + 1) / room[name], name))


def _load(leases: Mapping[str, Lease], room: Mapping[str, int], cameras: Sequence[str]) -> dict[str, int]:
    count = Counter(leases[name].holder for name in cameras if name in leases)
    return {name: count[name] for name in room}


def _claim(leases: dict[str, Lease], room: Mapping[str, int], stand: Stand, token: int) -> None:
    """All living boxes divide among themselves, each for itself, what no living one holds; whoever watches it first.

    Cameras nobody has a word about are left while boxes that live are not in the table: the server has lost it.
    """
    is_known = stand.alive <= room.keys()
    load = _load(leases, room, stand.cameras)
    for name in stand.cameras:
        lease = leases.get(name)
        if lease is not None and lease.holder in room:
            continue
        heir = None if lease is None else lease.heir
        if (lease is None and name in stand.watching) or (name in stand.overdue and load[stand.box] < stand.capacity):
            to = stand.box
        elif lease is None and not is_known:
            continue
        elif heir is not None and load.get(heir, 0) < room.get(heir, 0):
            to = heir
        elif any(load[box] < room[box] for box in room):
            to = _emptiest(load, room)
        else:
            continue
        load[to] += 1
        if to == stand.box:
            leases[name] = Lease(stand.box, token)


def _inherit(leases: dict[str, Lease], room: Mapping[str, int], stand: Stand, token: int) -> None:
    """What is offered to us, we see, and where nothing happens, becomes ours; and what its holder does not see."""
    load = _load(leases, room, stand.cameras)[stand.box]
    for name, lease in leases.items():
        ready = stand.seeing if lease.urgent else stand.resting
        if lease.heir == stand.box != lease.holder and name in ready and load < stand.capacity:
            leases[name] = Lease(stand.box, token)
            load += 1


def _rescue(leases: dict[str, Lease], room: Mapping[str, int], stand: Stand) -> None:
    """What we hold and do not see is offered to whoever has room: perhaps he does."""
    load = _load(leases, room, stand.cameras)
    for name in stand.cameras:
        lease = leases.get(name)
        if lease is None or lease.holder != stand.box or not (lease.urgent or name in stand.blind):
            continue
        free = [box for box in room if box != stand.box and load[box] < room[box]]
        if name not in stand.blind or name in stand.refused or not free:
            leases[name] = replace(lease, heir=None, urgent=False)
            continue
        heir = lease.heir if lease.urgent and lease.heir in free else min(free, key=lambda box: load[box] / room[box])
        leases[name] = replace(lease, heir=heir, urgent=True)
        load[heir] += 1


def _offer(leases: dict[str, Lease], room: Mapping[str, int], stand: Stand) -> None:
    """Offer what is more than our share to those who have less; take back what is not at rest, or is not taken."""
    wanted, load = shares(len(stand.cameras), room), _load(leases, room, stand.cameras)
    mine = [name for name in stand.cameras if name in leases and leases[name].holder == stand.box]
    more = min(OFFERS_AT_ONCE, max(0, load[stand.box] - wanted[stand.box]))
    for name in mine:
        heir = leases[name].heir
        if heir is None or leases[name].urgent:
            continue
        if more and heir in room and load[heir] < wanted[heir] and name in stand.resting - stand.refused:
            more -= 1
            load[heir] += 1
        else:
            leases[name] = replace(leases[name], heir=None)
    free = [name for name in reversed(mine) if leases[name].heir is None and name in stand.resting - stand.refused]
    for name in free[:more]:
        poorer = [box for box in room if load[box] < wanted[box]]
        if not poorer:
            return
        heir = min(poorer, key=lambda box: (load[box] / room[box], box))
        leases[name] = replace(leases[name], heir=heir)
        load[heir] += 1
