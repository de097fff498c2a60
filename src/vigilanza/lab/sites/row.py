"""What one rate of events came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilanza.lab.sites.centre import DATABASE, INTAKE, NATS, PAGE
from vigilanza.lab.sites.verdict import Verdict

WANTED_P95_S = 2.0
SITES, CONNECTION = "the simulated sites", "the busiest PostgreSQL process"


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from the commit at the site, over `count` events; None of nothing."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """Measured in the last three quarters of the time; `verdict` and sizes over all of it.

    `factor`: times the busiest hour. Rates are events a second. `cpu`: cores in use, by part; `machine`: the share of
    all `cores` that was busy, whatever with. `waiting`: events that were sent and not recorded by the end of the time.
    """

    factor: float
    seconds: float
    offered: float
    taken: float
    recorded: Delay
    shown: Delay
    waiting: int
    pulses: float
    list_p95_s: float | None
    message_bytes: float
    stored_bytes: float
    log_bytes: float
    cpu: Mapping[str, float]
    machine: float
    cores: int
    attempts_failed: int
    verdict: Verdict

    @property
    def keeps_up(self) -> bool:
        """It was shown in time, which nothing is that piles up."""
        return self.shown.p95 is not None and self.shown.p95 <= WANTED_P95_S

    @property
    def intake_s(self) -> float:
        """Processor seconds that an event costs the intake, what signs of life cost it included."""
        return (self.cpu[INTAKE] + self.cpu[CONNECTION]) / self.taken if self.taken else 0.0

    @property
    def ours(self) -> float:
        """The share of all cores that this measurement used."""
        return sum(self.cpu[name] for name in (INTAKE, DATABASE, NATS, PAGE, SITES)) / self.cores

    @property
    def narrowest(self) -> tuple[str, float]:
        """What of it is nearest to its limit, and how near (1: at it).

        Python works on one core, and a database connection on another; the intake has one thread and one connection,
        of which only one works at a time.
        """
        used = {
            f"the one intake ({INTAKE} and its PostgreSQL connection, in turn)": self.cpu[INTAKE]
            + self.cpu[CONNECTION],
            f"the page ({PAGE})": self.cpu[PAGE],
            f"the simulator itself ({SITES})": self.cpu[SITES],
            "all cores together": self.ours,
        }
        name = max(used, key=used.__getitem__)
        return name, used[name]


def knee(rows: Sequence[Row]) -> Row | None:
    """The first rate above all at which the centre keeps up; None if it does at the highest."""
    highest = max((row.offered for row in rows if row.keeps_up), default=0.0)
    return min((row for row in rows if row.offered > highest), key=lambda row: row.offered, default=None)
