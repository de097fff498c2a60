"""Metrics of every part, kept as text files so that one page shows them all."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Metric, disable_created_metrics, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

EVERY_S = 5.0
STALE_S = 60.0
"""Older figures are not shown: their part is gone, and what it last said would look like good news."""


def keep_figures(
    registry: CollectorRegistry, state: Path, part: str, clock: Clock
) -> Callable[[threading.Event], None]:
    """A loop that writes the part's figures to `state`/`part`.prom every EVERY_S until stopped."""

    # When each was made is a fifth of all lines, and nobody asks.
    disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no types for it

    def run(stop: threading.Event) -> None:
        while not clock.wait(EVERY_S, stop):
            try:
                write_to_textfile(str(state / f"{part}.prom"), registry)
            except OSError as error:
                log.error("figures not written: is the disk full?", why=str(error))

    return run


class KeptFigures(Collector):
    """What the parts wrote, for the page's /metrics."""

    def __init__(self, state: Path, *, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def collect(self) -> Iterator[Metric]:
        """All metric families of all parts; a part that never wrote, or not lately, has none.

        Of parts that are several (watch-1, watch-2, …) what is no camera's has the label `share`.
        """
        families: dict[str, Metric] = {}
        for path in sorted(self._state.glob("*.prom")):
            if self._clock.now() - path.stat().st_mtime > STALE_S:
                continue
            _, _, share = path.stem.partition("-")
            for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
                whole = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                whole.samples += [_shared(sample, share) for sample in family.samples]
        yield from families.values()


def _shared(sample: Sample, share: str) -> Sample:
    if not share or "camera" in sample.labels:
        return sample
    return sample._replace(labels={**sample.labels, "share": share})
