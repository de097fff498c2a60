"""What a package of evidence says of the installation that seals it."""

from collections.abc import Mapping
from typing import Any

from vigilanza import __version__
from vigilanza.app.clockstate import clock_state
from vigilanza.app.figures import KeptFigures
from vigilanza.app.weights import sha256_of, weights_of
from vigilanza.clock import Clock
from vigilanza.config import Camera, Config
from vigilanza.store.evidence.sealer import Circumstances

_AHEAD = "vigilanza_capture_camera_clock_ahead_seconds"


def circumstances(config: Config, clock: Clock) -> Circumstances:
    """Of this configuration; what changes by itself is looked at when a package is sealed."""
    site = {"id": config.site.id, "name": config.site.name, "timezone": config.site.timezone}

    def system() -> Mapping[str, Any]:
        return {
            "version": __version__,
            "configuration_sha256": sha256_of(config.path),
            "models": [{"name": name, "sha256": digest} for name, digest in weights_of(config.detection).items()],
            "clock": clock_state(),
        }

    def camera(name: str) -> Mapping[str, Any]:
        known = next((one for one in config.cameras if one.id == name), None)
        told = {"id": name, "configured": known is not None, "clock_ahead_seconds": _clock_ahead(config, name, clock)}
        return told if known is None else told | _drawn(known, config)

    return Circumstances(site, system, camera)


def _clock_ahead(config: Config, name: str, clock: Clock) -> float | None:
    """How far the camera's own clock is ahead of this machine's, as a running watch last saw; None if it does not tell.

    A camera that tells no time has a gauge that was never set.
    """
    for family in KeptFigures(config.storage.state, clock=clock).collect():
        for sample in family.samples:
            if sample.name == _AHEAD and sample.labels.get("camera") == name:
                return sample.value or None
    return None


def _drawn(camera: Camera, config: Config) -> dict[str, Any]:
    """Without its address: a package leaves the house."""
    return {
        "masks": [[list(point) for point in mask] for mask in camera.masks],
        "masks_are": "polygons in 0..1 of the picture, blackened before anything is stored",
        "doors": [door.id for door in camera.doors],
        "retention_hours": config.storage.retention_hours,
        "originals_are_for": [holder.name for holder in config.privacy.originals or ()],
    }
