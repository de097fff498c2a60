"""The shipped detector weights, checked before use, or others that a site names."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from vigilanza.detect.processor import multiplies_bytes
from vigilanza.domain.errors import DetectorError

MOVENET, MOVENET_INT8 = "movenet_multipose_fp16w.onnx", "movenet_multipose_int8.onnx"
"""The same network; the second computes most of it with 8-bit numbers, in some two thirds of the time."""
SHA256: Mapping[str, str] = {
    MOVENET: "bf5d6b9f24e98fb2ec5d4f947c4579dd94bb5ae0b4572976440f08c7c5926793",
    MOVENET_INT8: "8dd8fb8f3d88d92a44c376e9f1b5dfb0280c909a1570a9c5340bd8dfbba4205a",
}


def shipped_for(people: str) -> tuple[str, ...]:
    """Which of them this back end runs on this processor, by the name it has in the configuration."""
    if people == "movenet-openvino":
        return (MOVENET,)
    if people == "movenet-onnx":
        return (MOVENET_INT8 if multiplies_bytes() else MOVENET,)
    return ()


def read_weights(model: Path | None, shipped: str = MOVENET) -> bytes:
    """The bytes of `model`, or of `shipped` for None. DetectorError names a file that is missing or was changed."""
    if model is not None:
        try:
            return model.read_bytes()
        except OSError as error:
            raise DetectorError(f"{model}: cannot be read: {error.strerror}") from error
    try:
        raw = (files("vigilanza.detect") / "models" / shipped).read_bytes()
    except OSError as error:
        raise DetectorError(f"weights {shipped} are missing: install Vigilanza again") from error
    if hashlib.sha256(raw).hexdigest() != SHA256[shipped]:
        raise DetectorError(f"weights {shipped} are not the ones shipped: install Vigilanza again")
    return raw


def find_weights(model: Path | None, shipped: str = MOVENET) -> Path:
    """Their file, with the same promise."""
    read_weights(model, shipped)
    return model or Path(str(files("vigilanza.detect") / "models" / shipped))
