"""What became of one destination's alerts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine, select

from vigilanza.domain.delivery import DeliveryState
from vigilanza.lab.drill.party import Arrival
from vigilanza.store.database import reading
from vigilanza.store.schema_bridge import deliveries


@dataclass(frozen=True, slots=True)
class Verdict:
    """`owed` alerts and the `attempts` made. `unpaid` have no receipt, `lost` never arrived, `twice` had an effect more
    than once, `disordered` came before an earlier one of their incident.
    """

    party: str
    owed: int
    attempts: int
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
    arrived = party.arrived
    return Verdict(
        party=party.name,
        owed=len(rows),
        attempts=sum(row.attempt for row in rows),
        unpaid=sum(row.state != DeliveryState.ACKNOWLEDGED.value for row in rows),
        lost=len(rows) - len(set(arrived)),
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
