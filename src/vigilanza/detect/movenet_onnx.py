"""MoveNet run by onnxruntime: the back end that is always there."""

import os
from pathlib import Path

from vigilanza.detect.movenet import MoveNet
from vigilanza.detect.weights import find_weights, shipped_for
from vigilanza.domain.errors import DetectorError


def open_movenet(model: Path | None = None) -> MoveNet:
    """`model`, an ONNX file, or the shipped weights for None. DetectorError names a file that will not do.

    Each look runs on the thread that asks, and on no other: cameras share the cores, no picture takes them all.
    """
    # At import onnxruntime begins to report its use to its maker, gives the machine a number, and keeps both on disk.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    (shipped,) = shipped_for("movenet-onnx")
    # By its name: what it gets as bytes it keeps, beside what it makes of them.
    weights = str(find_weights(model, shipped))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It would keep a plan of its memory for each shape ever asked for, and windows have many.
    options.enable_mem_pattern = False
    try:
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        needed = session.get_inputs()[0]
        _, height, width, _ = needed.shape  # names instead of numbers where any length will do
        size_px = (width, height) if isinstance(width, int) and isinstance(height, int) else None
        return MoveNet(infer=lambda picture: session.run(None, {needed.name: picture})[0], size_px=size_px)
    except DetectorError as error:
        raise DetectorError(f"{model or 'the shipped weights'}: {error}") from error
    except Exception as error:
        raise DetectorError(f"{model or 'the shipped weights'}: onnxruntime cannot run it as MoveNet") from error
