"""`vigilanza status`: how the cameras of this box are, in the terminal."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from vigilanza.app.figures import KeptFigures
from vigilanza.capture.economy import Economy
from vigilanza.capture.steadiness import TOLD_SHARE
from vigilanza.clock import Clock
from vigilanza.config import Config

OLD_PICTURE_S = 10.0
CLOCK_OFF_S = 2.0
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """One stream's figures as the parts last kept them; `seen` by their names without prefix."""

    camera: str
    seen: Figures
    now: float

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody should look at; nothing if all is well."""
        return tuple(words for wrong, words in self._judgements() if wrong)

    def _judgements(self) -> tuple[tuple[bool, str], ...]:
        seen = self.seen
        if not seen:
            return ((True, "not watched"),)
        share = seen.get("damaged_share", 0.0)
        damaged = (share > TOLD_SHARE, f"{share:.0%} of pictures damaged")
        if not seen.get("alive"):
            return ((True, "lost"), damaged)
        economy = Economy(int(seen.get("economy", 0)))
        return (
            (self.now - seen.get("last_picture_seconds", self.now) > OLD_PICTURE_S, "no new picture"),
            (abs(seen.get("camera_clock_ahead_seconds", 0.0)) > CLOCK_OFF_S, "clock of the camera is wrong"),
            (seen.get("gop_seconds", 0.0) > 4.5, "key frames too far apart"),
            damaged,
            (seen.get("contacts_untold", 0) > 0, "a door's contact tells nothing"),
            (economy > Economy.NONE, f"economy: {economy.name.lower().replace('_', ' ')}"),
        )


def status(config: Config, *, clock: Clock, console: Console) -> int:
    """Print a line per stream; 0 if all is well, 1 if somebody should look at one."""
    known = read_figures(config.storage.state, clock=clock)
    table = Table(
        "camera",
        "state",
        "pictures/s",
        "kbit/s",
        "key frame",
        "decoding",
        "lost",
        "clock",
        "ring",
        box=None,
        pad_edge=False,
    )
    names = [name for camera in config.cameras for name in _streams(camera.id, main=camera.substream is not None)]
    statuses = [CameraStatus(name, known.get(name, {}), clock.now()) for name in names]
    for one in statuses:
        table.add_row(*_row(one))
    console.print(table)
    return int(any(one.complaints for one in statuses))


def read_figures(state: Path, *, clock: Clock) -> dict[str, Figures]:
    """What all parts kept of each stream."""
    registry = CollectorRegistry()
    registry.register(KeptFigures(state, clock=clock))
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for family in registry.collect():
        for sample in family.samples:
            if set(sample.labels) == {"camera"}:
                name = sample.name.removeprefix("vigilanza_capture_").removeprefix("vigilanza_watch_")
                found[sample.labels["camera"]][name] = sample.value
    return dict(found)


def _streams(camera: str, *, main: bool) -> list[str]:
    return [camera, f"{camera}/main"] if main else [camera]


def _row(one: CameraStatus) -> list[str]:
    seen = one.seen
    decoding = "kept" if one.camera.endswith("/main") else "every picture" if seen.get("awake") else "key frames"
    state = "; ".join(one.complaints) or "ok"
    if not seen.get("alive"):
        return [one.camera, state, *["-"] * 4, f"{seen.get('outages_total', 0):.0f}", "-", "-"]
    return [
        one.camera,
        state,
        f"{seen.get('pictures_per_second', 0):.1f}",
        f"{seen.get('kilobits_per_second', 0):.0f}",
        f"{seen.get('gop_seconds', 0):.1f} s",
        decoding,
        f"{seen.get('outages_total', 0):.0f}",
        f"{seen.get('camera_clock_ahead_seconds', 0):+.1f} s",
        f"{seen.get('ring_seconds', 0):.0f} s",
    ]
