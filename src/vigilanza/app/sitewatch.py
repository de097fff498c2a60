"""How the sites of a centre are: silence is never good news."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.config import CentreSettings
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.quarantine import UNKNOWN
from vigilanza.store.siteorders import Owed, SiteOrders
from vigilanza.store.sitepictures import SitePictures
from vigilanza.store.standings import SiteStanding, Standings

log = structlog.get_logger(__name__)

SILENT_S = 180.0
"""A site says once a minute at least that it is there."""
MISSING_S = 120.0
"""A dispatch may be overtaken by later ones while the line comes and goes."""
UNKNOWN_S = 30.0
"""A site that is there confirms a work order within some seconds."""
LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site at `now` (UTC, Unix seconds); `standing` None: never heard of; `owed` None: it knows all its orders.
    `pictures`: of how many incidents those that are to be kept at the centre could not be had so far. `wanted`: the
    configuration that it is to run, where that is known.
    """

    id: str
    name: str
    standing: SiteStanding | None
    now: float
    owed: Owed | None = None
    pictures: int = 0
    wanted: str | None = None

    @property
    def silent_s(self) -> float | None:
        """Seconds since it was heard of last; None: never."""
        heard_at = None if self.standing is None else self.standing.heard_at
        return None if heard_at is None else max(0.0, self.now - heard_at)

    @property
    def is_silent(self) -> bool:
        """For so long that somebody should look."""
        return self.silent_s is None or self.silent_s > SILENT_S

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody should look at; nothing if all is well."""
        standing, said = self.standing, []
        if self.silent_s is None and self.id:
            said.append("never heard of: has it a destination with `channel: centre`, and a way to NATS?")
        elif self.is_silent and self.id:
            said.append("silent: look at the site and its uplink")
        if standing is not None:
            if standing.missing_since is not None and self.now - standing.missing_since > MISSING_S:
                said.append(f"{standing.missing} sent and never come: look in its journal")
            if self.wanted is not None and standing.runs is not None and standing.runs.configuration != self.wanted:
                said.append(f"does not run {self.wanted}: its page, or `vigilanza status` there, says why")
            if standing.kept:
                said.append(f"{standing.kept} not taken: vigilanza centre quarantine")
        if self.owed is not None:
            said.extend(_about_orders(self.owed, self.now))
        if self.pictures:
            said.append(
                f"pictures of {self.pictures} incidents to keep still lie there, and go at the end of their term"
            )
        return tuple(said)


def _about_orders(owed: Owed, now: float) -> Iterator[str]:
    if owed.refused:
        yield f"{owed.refused} work orders not taken there: vigilanza workorder list says why"
    if owed.count > owed.refused and now - owed.since > UNKNOWN_S:
        yield f"{owed.count - owed.refused} work orders not confirmed: tell the site by telephone"


class SiteWatch(Collector):
    """Of all sites of a centre, and of what comes in nobody's name."""

    def __init__(
        self,
        settings: CentreSettings,
        *,
        engine: Engine,
        clock: Clock,
        wanted: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`wanted`: the configurations that sites are to run, by site."""
        self._wanted = wanted
        self._sites, self._standings, self._clock = settings.sites, Standings(engine), clock
        self._orders = SiteOrders(engine=engine, clock=clock)
        self._pictures = SitePictures(engine=engine, clock=clock)
        self._began = clock.now()

    def statuses(self) -> list[SiteStatus]:
        """In the order of the configuration. JournalUnavailable."""
        known, owed, now = self._standings.all(), self._orders.owed(), self._clock.now()
        overdue = self._pictures.overdue()
        sites = [
            SiteStatus(
                one.id,
                one.name,
                known.get(one.id),
                now,
                owed.get(one.id),
                overdue.get(one.id, 0),
                self._wanted.get(one.id),
            )
            for one in self._sites
        ]
        return [*sites, SiteStatus(UNKNOWN, "of nobody", known[UNKNOWN], now)] if UNKNOWN in known else sites

    def silent(self) -> tuple[str, ...]:
        """Those that are silent, as "site ID"; none before we have looked for so long. None while the journal is away,
        which is told elsewhere.
        """
        if self._clock.now() - self._began < SILENT_S:
            return ()
        try:
            return tuple(f"site {one.id}" for one in self.statuses() if one.id and one.is_silent)
        except JournalUnavailable:
            return ()

    def run(self, stop: threading.Event) -> None:
        """Log whoever falls silent, or is heard again, until `stop` is set."""
        before: frozenset[str] = frozenset()
        while not self._clock.wait(LOOK_S, stop):
            silent = frozenset(self.silent())
            if fallen := silent - before:
                log.error("silent: look at the site and its uplink", sites=sorted(fallen))
            if back := before - silent:
                log.info("heard again", sites=sorted(back))
            before = silent

    def collect(self) -> Iterator[Metric]:
        """Of each site; nothing while the journal is away."""
        try:
            statuses = self.statuses()
        except JournalUnavailable:
            return
        taken = CounterMetricFamily("vigilanza_centre_taken", "Events and decisions recorded.", labels=["site"])
        refused = CounterMetricFamily("vigilanza_centre_refused", "Messages that were not taken.", labels=["site"])
        missing = GaugeMetricFamily("vigilanza_centre_missing", "Sent and not come.", labels=["site"])
        heard = GaugeMetricFamily("vigilanza_centre_silent_seconds", "Since it was heard of last.", labels=["site"])
        lag = GaugeMetricFamily("vigilanza_centre_lag_seconds", "From what happened to its record.", labels=["site"])
        orders = GaugeMetricFamily("vigilanza_centre_orders", "Work orders that it has not confirmed.", labels=["site"])
        for one in statuses:
            orders.add_metric([one.id], 0 if one.owed is None else one.owed.count)
            if (standing := one.standing) is None:
                continue
            taken.add_metric([one.id], standing.taken)
            refused.add_metric([one.id], standing.refused)
            missing.add_metric([one.id], standing.missing)
            if one.silent_s is not None:
                heard.add_metric([one.id], one.silent_s)
            if standing.lag is not None:
                lag.add_metric([one.id], standing.lag)
        yield from (taken, refused, missing, heard, lag, orders)
