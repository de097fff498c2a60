"""Row: many cameras with sub and main streams on two cores. Is anything late, is anything lost, how much memory?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vigilanza.lab.bench.bench import Bench, Measured
from vigilanza.lab.bench.contest import wait_for_pictures
from vigilanza.lab.bench.contestant import Running
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.ours import ECONOMY, PACKETS, Figures, Watch
from vigilanza.lab.bench.workload import MAIN_FPS, SUB_FPS, Day
from vigilanza.lab.bench.yard import CameraYard

CAMERAS, CORES = 32, 2
AGE_REACH_S, MEMORY_REACH_MB = 1.0, 400.0
_AGE = "vigilanza_capture_frame_age_seconds"
_QUANTILE = 0.999
_LOST = ("decode_errors", "corrupt_frames", "ring_dropped_packets", "callback_errors")
"""What watch reports as lost, of vigilanza_capture_NAME_total."""
_SLACK_S = AGE_REACH_S
"""What may be on its way at either end of the measurement."""


@dataclass(frozen=True, slots=True)
class Span:
    """What watch told of itself at two times."""

    first: Figures
    last: Figures

    def grown(self, sample: str) -> dict[str, float]:
        """Stream → how much a counter grew."""
        before = self.first.by_camera(sample)
        return {stream: value - before.get(stream, 0.0) for stream, value in self.last.by_camera(sample).items()}

    def missing(self) -> dict[str, float]:
        """Stream → packets sent meanwhile that did not come, and were due for more than a second; only if there are."""
        began, ended = self.first.told_at(PACKETS), self.last.told_at(PACKETS)
        missing: dict[str, float] = {}
        for stream, count in self.grown(PACKETS).items():
            fps = MAIN_FPS if stream.endswith("/main") else SUB_FPS
            due = fps * (ended[stream] - began.get(stream, ended[stream]) - 2 * _SLACK_S)
            if due > count:
                missing[stream] = due - count
        return missing

    def reported(self) -> dict[str, float]:
        """What watch says it lost, by name."""
        return {name: sum(self.grown(f"vigilanza_capture_{name}_total").values()) for name in _LOST}

    def age(self, part: float, *, late: bool) -> float | None:
        """Seconds that this part of the pictures was not older than when their analysis ended.

        `late`: of those that were left out while the scene was quiet, and decoded once something woke the camera.
        As fine as the histogram's buckets; None if there were no such pictures.
        """
        before, after = (told.buckets(_AGE, late=str(int(late))) for told in (self.first, self.last))
        return quantile({bound: count - before.get(bound, 0.0) for bound, count in after.items()}, part)


def quantile(buckets: Mapping[float, float], part: float) -> float | None:
    """The least upper bound that covers this part of the observations; None if there are none."""
    total = max(buckets.values(), default=0.0)
    covering = [bound for bound, count in buckets.items() if count >= part * total]
    return min(covering) if total > 0 else None


def many(bench: Bench) -> Measured:
    """A realistic day, on as many cores as are wanted, whatever the machine has."""
    settle, seconds = (20.0, 30.0) if bench.quick else (60.0, 180.0)
    day = Day(0.05, 240.0)
    with (
        CameraYard(CAMERAS, bench.scenes(day), bench.scenes(day, "main")) as cameras,
        Running(Watch(mains=True), cameras, bench.stage.folder / "watch", cores=CORES) as running,
    ):
        wait_for_pictures(running, bench.stage)
        bench.stage.wait(settle)
        first, spent = Figures.read(running.folder), running.meter.cpu_seconds()
        bench.stage.wait(seconds)
        span, spent = Span(first, Figures.read(running.folder)), running.meter.cpu_seconds() - spent
        memory = running.meter.memory()
    ring = sum(span.last.by_camera("vigilanza_capture_ring_bytes").values())
    age = span.age(_QUANTILE, late=False)
    late = span.age(_QUANTILE, late=True)
    saving = span.last.by_camera(ECONOMY)
    figures = (
        Figure("age of a picture when its analysis ends, p99.9", age, "s", AGE_REACH_S),
        *([] if late is None else [Figure("the same, of pictures left out at first", late, "s")]),
        Figure("pictures lost or late, and not reported", sum(span.missing().values()), "", 0.0),
        Figure("memory besides the rings", (memory.pss - ring) / 1e6, "MB", MEMORY_REACH_MB),
        Figure("cores used", spent / seconds, "cores"),
        Figure("cameras looked at less, to keep pace", float(sum(map(bool, saving.values()))), ""),
    )
    why = None if age is not None else "watch told of no picture how old it was"
    return Measured(figures, _details(span, ring, memory.pss), why)


def _details(span: Span, ring: float, pss: int) -> dict[str, Any]:
    return {
        "cameras": CAMERAS,
        "missing": span.missing(),
        "ages_s": {str(part): span.age(part, late=False) for part in (0.5, 0.9, 0.99, _QUANTILE)},
        "reported": span.reported(),
        "ring_mb": ring / 1e6,
        "pss_mb": pss / 1e6,
        "alive": sum(span.last.by_camera("vigilanza_capture_alive").values()),
    }
