"""The shipped detector weights, checked before use."""

import hashlib
from importlib.resources import files

import onnxruntime

from vigilanza.detect.movenet import MoveNet
from vigilanza.domain.errors import DetectorError

MOVENET = "movenet_multipose_256x448_fp16w.onnx"
MOVENET_SHA256 = "98ee9a42fe22045be3d8d0507b0a3ae7ad4a7eafc8f0d1289f4cedb5ed528bd9"


def load_movenet() -> MoveNet:
    """MoveNet in onnxruntime, one thread, no spinning. DetectorError if the weights are not the shipped ones."""
    try:
        raw = (files("vigilanza.detect") / "models" / MOVENET).read_bytes()
    except OSError as error:
        raise DetectorError(f"weights {MOVENET} are missing: install Vigilanza again") from error
    if hashlib.sha256(raw).hexdigest() != MOVENET_SHA256:
        raise DetectorError(f"weights {MOVENET} are not the ones shipped: install Vigilanza again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return MoveNet(infer=lambda picture: session.run(None, {name: picture})[0])
