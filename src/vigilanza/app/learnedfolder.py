"""Where what is learned of a camera lies."""

from pathlib import Path

from vigilanza.config import Config


def learned_folder(config: Config, camera: str) -> Path:
    """Where a camera's detectors keep what they have learned; made if missing."""
    folder = config.storage.state / "learned" / camera
    folder.mkdir(parents=True, exist_ok=True)
    return folder
