"""What became of one destination's alerts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine, func, select

from vigilanza.domain.delivery import DeliveryState
from vigilanza.lab.drill.party import Arrival
from vigilanza.store.database import reading
from vigilanza.store.schema import feed
from vigilanza.store.schema_bridge import deliveries


@dataclass(frozen=True, slots=True)
class Verdict:
    """`owed` alerts and the `attempts` made, None where nobody brings anything. `unpaid` have no receipt, `lost` never
    arrived, `twice` had an effect more than once, `disordered` came before an earlier one of their incident.
    """

    party: str
    owed: int
    attempts: int | None
    unpaid: int
    lost: int
    twice: int
    disordered: int

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.unpaid or self.lost or self.twice or self.disordered)


class Witness(Protocol):
    """Of a Party, what a verdict needs."""

    name: str

    @property
    def arrived(self) -> list[Arrival]:
        """See Party."""
        ...


def judge(engine: Engine, party: Witness) -> Verdict:
    """What the database says that is owed against what the party says that it has."""
    with reading(engine) as connection:
        rows = list(connection.execute(select(deliveries).where(deliveries.c.destination == party.name)))
    attempts = sum(row.attempt for row in rows)
    unpaid = sum(row.state != DeliveryState.ACKNOWLEDGED.value for row in rows)
    return _verdict(party, owed=len(rows), attempts=attempts, unpaid=unpaid)


def judge_asking(engine: Engine, vms: Witness) -> Verdict:
    """The same of one that asks: what happened and was decided is what it should have heard of. No receipt is owed."""
    return _verdict(vms, owed=happenings(engine), attempts=None, unpaid=0)


def happenings(engine: Engine) -> int:
    """So many events and decisions there are to be heard of. JournalUnavailable."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(feed)).scalar() or 0)


def _verdict(party: Witness, *, owed: int, attempts: int | None, unpaid: int) -> Verdict:
    arrived = party.arrived
    return Verdict(
        party=party.name,
        owed=owed,
        attempts=attempts,
        unpaid=unpaid,
        lost=owed - len(set(arrived)),
        twice=sum(count > 1 for count in Counter(arrived).values()),
        disordered=_disordered(arrived),
    )


def _disordered(arrived: Sequence[Arrival]) -> int:
    last: dict[str, int] = defaultdict(lambda: -1)
    wrong = 0
    for incident, place in arrived:
        wrong += place < last[incident]
        last[incident] = max(last[incident], place)
    return wrong
