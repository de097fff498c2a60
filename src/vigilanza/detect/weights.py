"""The shipped detector weights, checked before use, or others that a site names."""

import hashlib
from importlib.resources import files
from pathlib import Path

from vigilanza.domain.errors import DetectorError

MOVENET = "movenet_multipose_fp16w.onnx"
MOVENET_SHA256 = "bf5d6b9f24e98fb2ec5d4f947c4579dd94bb5ae0b4572976440f08c7c5926793"


def read_weights(model: Path | None) -> bytes:
    """The bytes of `model`, or of MOVENET for None. DetectorError names a file that is missing or was changed."""
    if model is not None:
        try:
            return model.read_bytes()
        except OSError as error:
            raise DetectorError(f"{model}: cannot be read: {error.strerror}") from error
    try:
        raw = (files("vigilanza.detect") / "models" / MOVENET).read_bytes()
    except OSError as error:
        raise DetectorError(f"weights {MOVENET} are missing: install Vigilanza again") from error
    if hashlib.sha256(raw).hexdigest() != MOVENET_SHA256:
        raise DetectorError(f"weights {MOVENET} are not the ones shipped: install Vigilanza again")
    return raw


def find_weights(model: Path | None) -> Path:
    """Their file, with the same promise."""
    read_weights(model)
    return model or Path(str(files("vigilanza.detect") / "models" / MOVENET))
