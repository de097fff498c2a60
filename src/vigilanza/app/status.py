"""`vigilanza status`: how the cameras of this box are, in the terminal."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from vigilanza import __version__
from vigilanza.app.edition import read_edition
from vigilanza.app.figures import KeptFigures
from vigilanza.app.leasenote import lease_notes
from vigilanza.app.takeovertold import ACCEPTED, told
from vigilanza.capture.economy import Economy
from vigilanza.capture.steadiness import TOLD_SHARE
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.lease import LeaseState
from vigilanza.domain.takeover import Stage

OLD_PICTURE_S = 10.0
CLOCK_OFF_S = 2.0
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """One stream's figures as the parts last kept them; `seen` by their names without prefix.

    `holder`: the box that watches it, where several share the cameras.
    """

    camera: str
    seen: Figures
    now: float
    holder: str | None = None

    @property
    def lease(self) -> LeaseState:
        """Where no boxes share the cameras this one holds all."""
        return LeaseState(int(self.seen.get("lease_state", LeaseState.HELD)))

    @property
    def state(self) -> str:
        """In words."""
        if self.lease is LeaseState.ELSEWHERE:
            return f"watched by {self.holder}"
        words = {LeaseState.OFFERED: "being handed over", LeaseState.TAKING: "being taken over"}.get(self.lease)
        return "; ".join(filter(None, (*self.complaints, words))) or "ok"

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody should look at; nothing if all is well."""
        return tuple(words for wrong, words in self._judgements() if wrong)

    def _judgements(self) -> tuple[tuple[bool, str], ...]:
        seen = self.seen
        if not seen:
            return ((True, "not watched"),)
        if self.lease in (LeaseState.NOBODY, LeaseState.ELSEWHERE):
            return ((self.lease is LeaseState.NOBODY, "no box watches it"),)
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
    known, notes = read_figures(config.storage.state, clock=clock), lease_notes(config)
    holders = {camera: lease.holder for note in notes for camera, lease in note.leases().items()}
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
    statuses = [_status(name, known, holders, clock.now()) for name in names]
    for one in statuses:
        table.add_row(*_row(one))
    console.print(table)
    edition, is_refused = _edition(config)
    console.print(edition, highlight=False, markup=False, soft_wrap=True)
    if away := [note.box for note in notes if not note.was_reachable()]:
        said = f"no lease server answers {', '.join(away)}: no other box takes over, all go on with what they watch"
        console.print(said, highlight=False, markup=False, soft_wrap=True)
    return int(is_refused or bool(away) or any(one.complaints for one in statuses))


def _edition(config: Config) -> tuple[str, bool]:
    """What runs, and whether the file that is there by now was refused."""
    copy = config.storage.state / ACCEPTED
    written = read_edition(config.path)
    runs = read_edition(copy) or written
    if runs is None or written is None:
        return f"vigilanza {__version__}", False
    said = f"vigilanza {runs.version}, configuration {runs.configuration}"
    if runs == written:
        return said, False
    takeover = told(replace(config, accepted=copy), hashlib.sha256(config.path.read_bytes()).hexdigest())
    why = f": {takeover.why}" if takeover.why else ""
    return f"{said}; the file is {written.configuration} by now, {takeover.stage}{why}", takeover.stage is Stage.REFUSED


def _status(name: str, known: Mapping[str, Figures], holders: Mapping[str, str], now: float) -> CameraStatus:
    """A camera's lease is that of all its streams."""
    camera = name.removesuffix("/main")
    seen = known.get(name, {})
    if (lease := known.get(camera, {}).get("lease_state")) is not None:
        seen = {**seen, "lease_state": lease}
    return CameraStatus(name, seen, now, holders.get(camera))


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
    if not seen.get("alive"):
        return [one.camera, one.state, *["-"] * 4, f"{seen.get('outages_total', 0):.0f}", "-", "-"]
    return [
        one.camera,
        one.state,
        f"{seen.get('pictures_per_second', 0):.1f}",
        f"{seen.get('kilobits_per_second', 0):.0f}",
        f"{seen.get('gop_seconds', 0):.1f} s",
        decoding,
        f"{seen.get('outages_total', 0):.0f}",
        f"{seen.get('camera_clock_ahead_seconds', 0):+.1f} s",
        f"{seen.get('ring_seconds', 0):.0f} s",
    ]
