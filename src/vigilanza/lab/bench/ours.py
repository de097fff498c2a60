"""`vigilanza watch` as it is installed: the whole program, on SQLite, seen from outside."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from vigilanza.lab.bench.contestant import Command
from vigilanza.lab.bench.workload import SUB_FPS
from vigilanza.lab.bench.yard import Camera


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

    def pictures(self, cameras: Sequence[Camera], folder: Path) -> dict[str, int] | None:
        """Camera → packets of its analysed stream, as of the last time the figures were written."""
        counts = Figures.read(folder).by_camera("vigilanza_capture_packets_total")
        return {camera.id: int(counts.get(camera.id, 0)) for camera in cameras}

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
    """What watch says of itself: metric families by name, and when (Unix seconds) it said so; 0 before the first."""

    at: float
    families: dict[str, Metric]

    @staticmethod
    def read(folder: Path) -> "Figures":
        """From the state folder; a file a part writes anew every few seconds."""
        families: dict[str, Metric] = {}
        at = 0.0
        for path in sorted((folder / "state").glob("*.prom")):
            at = max(at, path.stat().st_mtime)
            for family in text_string_to_metric_families(path.read_text("utf-8")):
                if family.name in families:
                    families[family.name].samples.extend(family.samples)
                else:
                    families[family.name] = family
        return Figures(at, families)

    def by_camera(self, sample: str) -> dict[str, float]:
        """Stream (`ID`, or `ID/main`) → value, of all samples of that name; several of one stream are added."""
        values: dict[str, float] = {}
        for family in self.families.values():
            for one in family.samples:
                if one.name == sample and "camera" in one.labels:
                    values[one.labels["camera"]] = values.get(one.labels["camera"], 0.0) + one.value
        return values

    def buckets(self, histogram: str) -> dict[float, float]:
        """Upper bound → observations up to it, over all labels; empty if watch has no such histogram."""
        counts: dict[float, float] = {}
        for one in self.families[histogram].samples if histogram in self.families else ():
            if one.name == f"{histogram}_bucket":
                bound = float(one.labels["le"])
                counts[bound] = counts.get(bound, 0.0) + one.value
        return counts


def _points(outline: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [list(point) for point in outline]
