"""What a rule asks for before it raises an event, and how near that is: one definition for both."""

from collections.abc import Callable
from dataclasses import dataclass

from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.meter import Meter
from vigilanza.domain.observation import Fact


@dataclass(frozen=True, slots=True)
class Gauge:
    """How far one fact is from what is asked of it, in seconds; `needed` 0.0 asks only that it was seen."""

    fact: Fact
    reached: float
    needed: float
    cleared: bool


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One way to one event: it is raised once every gauge is cleared."""

    kind: EventKind
    severity: Severity
    gauges: tuple[Gauge, ...]

    @property
    def name(self) -> str:
        """What would be raised, e.g. "tampering alarm"."""
        return f"{self.kind.value} {self.severity.value}"

    @property
    def touched(self) -> bool:
        """True if something of what it asks for is there."""
        return any(gauge.cleared or gauge.reached > 0.0 for gauge in self.gauges)


@dataclass(frozen=True, slots=True)
class Need:
    """A fact seen for at least `seconds` in its present run, and last seen no longer than `within` seconds ago."""

    fact: Fact
    seconds: float = 0.0
    within: float = float("inf")

    def measure(self, meter: Meter, at: float) -> Gauge:
        """How far it is at `at`; a run that has ended counts nothing."""
        alive = meter.last > float("-inf") and meter.running(at, self.within)
        reached = meter.seconds if alive else 0.0
        return Gauge(self.fact, reached, self.seconds, alive and reached >= self.seconds)


@dataclass(frozen=True, slots=True)
class Way:
    """The event that is raised, and the phase it leads to, once all of `needs` are met at the same time."""

    kind: EventKind
    severity: Severity
    phase: Phase
    needs: tuple[Need, ...]

    def measure(self, meter_of: Callable[[Fact], Meter], at: float) -> Hurdle:
        """How far it is at `at`, given how long each fact has been seen."""
        return Hurdle(self.kind, self.severity, tuple(need.measure(meter_of(need.fact), at) for need in self.needs))

    def is_clear(self, meter_of: Callable[[Fact], Meter], at: float) -> bool:
        """True if the event is to be raised at `at`."""
        return all(gauge.cleared for gauge in self.measure(meter_of, at).gauges)
