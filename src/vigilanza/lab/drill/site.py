"""The configuration of a drill's site."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml


def write_site(
    path: Path,
    *,
    cameras: Sequence[Mapping[str, Any]],
    destinations: Sequence[Mapping[str, Any]],
    storage: Mapping[str, Any],
    more: Mapping[str, Any],
) -> Path:
    """Write it to `path`, with a unit for each door of the `cameras`; `more` are further parts. The path."""
    doors = [door["id"] for camera in cameras for door in camera["doors"]]
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "address": "via Esempio 4", "municipality": "Milano"},
        "cameras": [dict(camera) for camera in cameras],
        "units": [_unit(door, zone) for zone, door in enumerate(doors, start=1)],
        "destinations": [dict(one) for one in destinations],
        "storage": dict(storage),
        **more,
    }
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def blind_cameras(cameras: Sequence[str], seen: Sequence[tuple[str, str]]) -> Sequence[Mapping[str, Any]]:
    """Cameras of which no picture comes, with the doors of `seen`, each of which names its camera."""
    return [
        {
            "id": camera,
            "source": "rtsp://127.0.0.1:9/none",
            "doors": [_door(door) for at, door in seen if at == camera],
        }
        for camera in cameras
    ]


def _door(door: str) -> dict[str, Any]:
    return {"id": door, "role": "sealed", "leaf": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7], [0.4, 0.7]]}


def _unit(door: str, zone: int) -> dict[str, Any]:
    _, stair, floor, number = door.split(".")
    return {"id": door, "stair": stair, "floor": floor, "number": number, "zone": zone}
