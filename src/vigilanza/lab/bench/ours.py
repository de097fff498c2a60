"""`vigilanza watch` as it is installed: the whole program, on SQLite, seen from outside."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from vigilanza.lab.bench.contestant import Account, Command
from vigilanza.lab.bench.workload import SUB_FPS
from vigilanza.lab.bench.yard import Camera

PACKETS = "vigilanza_capture_packets_total"
ECONOMY = "vigilanza_watch_economy"
"""0 while it does all its work."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Watches the cameras' sub streams with everything it has, and with `mains` keeps their main streams."""

    mains: bool = False

    @property
    def name(self) -> str:
        """With what it does."""
        return "vigilanza watch, with main streams" if self.mains else "vigilanza watch"

    @property
    def fps(self) -> float:
        """Of the sub streams."""
        return SUB_FPS

    def commands(self, cameras: Sequence[Camera], folder: Path) -> list[Command]:
        """See Contestant."""
        document = {
            "site": {"id": "bench", "name": "bench", "timezone": "Europe/Rome"},
            "cameras": [self._configured(camera) for camera in cameras],
            "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
        }
        (folder / "cameras.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
        return [Command((sys.executable, "-m", "vigilanza", "watch", "--config", "cameras.yaml"), folder)]

    def pictures(self, cameras: Sequence[Camera], folder: Path) -> Account | None:
        """See Contestant: packets of the analysed streams."""
        figures = Figures.read(folder)
        counts, told = figures.by_camera(PACKETS), figures.told_at(PACKETS)
        return {camera.id: (told.get(camera.id, 0.0), int(counts.get(camera.id, 0))) for camera in cameras}

    def shortfall(self, folder: Path) -> str | None:
        """See Contestant: cameras on which it spends less."""
        saving = [camera for camera, economy in Figures.read(folder).by_camera(ECONOMY).items() if economy]
        return f"it looked less at {', '.join(saving)}" if saving else None

    def _configured(self, camera: Camera) -> dict[str, Any]:
        doors = [
            {"id": f"{camera.id}.{door.id}", "role": str(door.role), "leaf": _points(door.leaf_norm)}
            | {"floor": _points(door.zone_norm)}
            for door in camera.scene.doors
        ]
        streams = {"source": camera.main, "substream": camera.sub} if self.mains else {"source": camera.sub}
        return {"id": camera.id} | streams | {"doors": doors}


@dataclass(frozen=True, slots=True)
class Figures:
    """What watch said of itself: each file's samples, with the time (Unix seconds) at which it was written."""

    files: tuple[tuple[float, tuple[Sample, ...]], ...]

    @staticmethod
    def read(folder: Path) -> "Figures":
        """From the state folder, where every process writes a file anew every few seconds."""
        files = []
        for path in sorted((folder / "state").glob("*.prom")):
            families = text_string_to_metric_families(path.read_text("utf-8"))
            files.append((path.stat().st_mtime, tuple(sample for family in families for sample in family.samples)))
        return Figures(tuple(files))

    def by_camera(self, name: str) -> dict[str, float]:
        """Stream (`ID`, or `ID/main`) → value, of all samples of that name; several of one stream are added."""
        values: dict[str, float] = {}
        for _, one in self._of_cameras(name):
            values[one.labels["camera"]] = values.get(one.labels["camera"], 0.0) + one.value
        return values

    def told_at(self, name: str) -> dict[str, float]:
        """Stream → when that sample was written, Unix seconds."""
        return {one.labels["camera"]: at for at, one in self._of_cameras(name)}

    def buckets(self, histogram: str, **labels: str) -> dict[float, float]:
        """Upper bound → observations up to it, of all cameras, with these labels; empty if there are none."""
        counts: dict[float, float] = {}
        for _, one in self._of_cameras(f"{histogram}_bucket"):
            if labels.items() <= one.labels.items():
                bound = float(one.labels["le"])
                counts[bound] = counts.get(bound, 0.0) + one.value
        return counts

    def _of_cameras(self, name: str) -> Iterator[tuple[float, Sample]]:
        for at, samples in self.files:
            yield from ((at, one) for one in samples if one.name == name and "camera" in one.labels)


def _points(outline: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [list(point) for point in outline]
