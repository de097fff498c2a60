"""MoveNet run by OpenVINO, on Intel and AMD processors in less time than by onnxruntime. Needs the extra `openvino`."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.movenet import MoveNet
from vigilanza.detect.weights import read_weights
from vigilanza.domain.errors import DetectorError


def open_movenet(model: Path | None = None) -> MoveNet:
    """`model`, an ONNX file, or the shipped weights for None. DetectorError names a file that will not do.

    ImportError without OpenVINO. One thread for each look, and at most as many looks at once as there are cores.
    """
    # At import OpenVINO reports its use to its maker's statistics; without this module it has nothing to do that with.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None forbids an import
    import openvino

    raw = read_weights(model)
    cores = os.cpu_count() or 1
    settings = {
        # On newer processors OpenVINO computes in bfloat16 unless told otherwise, and finds less.
        "INFERENCE_PRECISION_HINT": "f32",
        "NUM_STREAMS": cores,
        "INFERENCE_NUM_THREADS": cores,
    }
    core = openvino.Core()
    try:
        network = core.compile_model(core.read_model(model=raw), "CPU", settings)
        _, height, width, _ = network.input(0).partial_shape
        fixed = height.is_static and width.is_static
        size_px = (width.get_length(), height.get_length()) if fixed else None
        return MoveNet(infer=_Requests(network).infer, size_px=size_px)
    except DetectorError as error:
        raise DetectorError(f"{model or 'the shipped weights'}: {error}") from error
    except Exception as error:
        raise DetectorError(f"{model or 'the shipped weights'}: OpenVINO cannot run it as MoveNet") from error


class _Requests:
    """One inference request for each thread: a request must not be shared, a network may."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._own = threading.local()

    def infer(self, picture: NDArray[np.int32]) -> NDArray[np.float32]:
        if not hasattr(self._own, "request"):
            self._own.request = self._network.create_infer_request()
        # The request's own memory is written over by the next look.
        return np.array(self._own.request.infer({0: picture})[0], np.float32)
