"""The files with what the detectors have learned, known by their content."""

import hashlib
from pathlib import Path

from vigilanza.config import Detection
from vigilanza.detect import people
from vigilanza.detect.weights import shipped_for

MODELS = Path(people.__file__).with_name("models")


def weights_of(detection: Detection) -> dict[str, str | None]:
    """SHA-256 of each file with weights that is used here, by its name; None for what cannot be read (any more)."""
    shipped = [MODELS / name for name in shipped_for(detection.people)]
    files = [detection.model] if detection.model is not None else shipped
    return {path.name: sha256_of(path) for path in files}


def sha256_of(path: Path) -> str | None:
    """None if it cannot be read."""
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
