"""The demo's scene: three landings, one forced entry, and the configuration that watches them."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vigilanza.domain.errors import ConfigError

BREAK_IN = "dev_pos_lone_pry_then_kick"
LANDINGS: Mapping[str, tuple[str, str]] = {
    "b3-landing": (f"{BREAK_IN}_main", BREAK_IN),
    "a1-landing": ("dev_neg_neighbour_next_door_in_and_out", "dev_neg_neighbour_next_door_in_and_out"),
    "c2-landing": ("dev_neg_cleaner_at_sealed_door", "dev_neg_cleaner_at_sealed_door"),
}
"""Camera → recordings of its main and its sub stream."""
CAMERA_USER = "vigilanza"


@dataclass(frozen=True, slots=True)
class Landing:
    """One camera: its recordings, what is true about them, and the id its sealed door has."""

    camera: str
    main: Path
    sub: Path
    truth: Mapping[str, Any]

    @property
    def sealed_door(self) -> str:
        """Site, stair, floor and unit."""
        return f"0423.{self.camera[0].upper()}.0{self.camera[1]}.12"

    @property
    def streams(self) -> dict[str, Path]:
        """RTSP path → recording."""
        return {f"/{self.camera}/main": self.main, f"/{self.camera}/sub": self.sub}


def load_landings(clips: Path) -> list[Landing]:
    """The demo's landings. ConfigError if `clips` does not hold their recordings."""
    landings = []
    for camera, (main, sub) in LANDINGS.items():
        files = [clips / f"{main}.mp4", clips / f"{sub}.mp4", clips / f"{sub}.json"]
        for file in files:
            if not file.is_file():
                raise ConfigError(f"demo: {file} is missing; start it in the project's folder or name --clips FOLDER")
        landings.append(Landing(camera, files[0], files[1], json.loads(files[2].read_text(encoding="utf-8"))))
    return landings


def new_secret() -> str:
    """A signing secret for a webhook."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def write_config(
    folder: Path, landings: list[Landing], *, camera_url: str, cities: Mapping[str, tuple[str, Path]], port: int
) -> Path:
    """Write the configuration into `folder`; `cities` is destination → (URL, authority's certificate)."""
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "timezone": "Europe/Rome"},
        "cameras": [_camera(landing, camera_url) for landing in landings],
        "destinations": [
            {
                "id": name,
                "kind": "municipal_vms" if name == "comune-vms" else "control_room",
                "channel": "webhook",
                "url": url,
                "secret_env": secret_variable(name),
                "ca_file": str(ca_file),
                "allow_loopback": True,
            }
            for name, (url, ca_file) in cities.items()
        ],
        "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
        "web": {"host": "127.0.0.1", "port": port},
    }
    path = folder / "cameras.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def secret_variable(destination: str) -> str:
    """The environment variable with a destination's signing secret."""
    return destination.upper().replace("-", "_") + "_SECRET"


def _camera(landing: Landing, camera_url: str) -> dict[str, Any]:
    return {
        "id": landing.camera,
        "source": f"{camera_url}/{landing.camera}/main",
        "substream": f"{camera_url}/{landing.camera}/sub",
        "credentials": {"user": CAMERA_USER, "password_env": "CAMERA_PASSWORD"},
        "doors": [_door(door, landing) for door in landing.truth["doors"]],
    }


def _door(door: Mapping[str, Any], landing: Landing) -> dict[str, Any]:
    own = landing.sealed_door if door["role"] == "sealed" else f"{landing.sealed_door[:-2]}{door['id']}"
    return {"id": own, "role": door["role"], "leaf": door["leaf_norm"], "floor": door["zone_norm"]}
