"""The figures of all parts on one page."""

import os
import threading
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families

from tests.fakes import FakeClock
from vigilanza.app.figures import STALE_S, KeptFigures, keep_figures


def kept(state: Path, part: str, clock: FakeClock, camera: str, value: int) -> None:
    registry = CollectorRegistry()
    Counter("seen", "Pictures", ["camera"], registry=registry).labels(camera).inc(value)
    Gauge("queued", "Events", registry=registry).set(value)
    Histogram("age", "Ages", ["camera"], registry=registry, buckets=(1.0, 2.0)).labels(camera).observe(value)
    path = state / f"{part}.prom"
    write_to_textfile(str(path), registry)
    os.utime(path, (clock.now(), clock.now()))


def shown(state: Path, clock: FakeClock) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    registry = CollectorRegistry()
    registry.register(KeptFigures(state, clock=clock))
    families = list(text_string_to_metric_families(generate_latest(registry).decode()))
    assert len({family.name for family in families}) == len(families)
    samples = [sample for family in families for sample in family.samples]
    assert len({(sample.name, *sorted(sample.labels.items())) for sample in samples}) == len(samples)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def test_what_several_processes_of_one_part_keep_stands_side_by_side(tmp_path: Path) -> None:
    clock = FakeClock()
    kept(tmp_path, "watch-1", clock, "a", 3)
    kept(tmp_path, "watch-2", clock, "b", 5)
    found = shown(tmp_path, clock)
    assert found["queued", (("share", "1"),)] == 3
    assert found["queued", (("share", "2"),)] == 5
    assert found["seen_total", (("camera", "a"),)] == 3
    assert found["seen_total", (("camera", "b"),)] == 5
    assert found["age_sum", (("camera", "b"),)] == 5


def test_an_only_process_needs_no_label(tmp_path: Path) -> None:
    clock = FakeClock()
    kept(tmp_path, "watch", clock, "a", 3)
    assert shown(tmp_path, clock)["queued", ()] == 3


def test_old_figures_are_not_shown(tmp_path: Path) -> None:
    clock = FakeClock()
    kept(tmp_path, "watch", clock, "a", 3)
    clock.advance(STALE_S + 1.0)
    assert not shown(tmp_path, clock)


def test_a_part_writes_what_it_counts_and_not_when_it_began_to(tmp_path: Path) -> None:
    registry, stop = CollectorRegistry(), threading.Event()
    counter = Counter("seen", "Pictures", registry=registry)
    counter.inc(7)

    class OneLook(FakeClock):
        def wait(self, seconds: float, stop: threading.Event) -> bool:
            return bool(super().wait(seconds, stop)) or len(self.waits) > 1

    keep_figures(registry, tmp_path, "watch", OneLook())(stop)
    written = (tmp_path / "watch.prom").read_text("utf-8")
    assert "seen_total 7.0" in written
    assert "_created" not in written
