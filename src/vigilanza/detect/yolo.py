"""People as any YOLO or YOLO-pose model sees them, run by Ultralytics on a GPU where there is one.

Needs the extra `ultralytics` (AGPL-3.0) and weights of the site's own. From a model without joints people have neither
hands nor feet. Weights that end in .pt are programs: only those from a trusted source may be named.
"""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from vigilanza.detect.movenet import MOST_PEOPLE
from vigilanza.detect.pose import Joints, Pose
from vigilanza.detect.window import Size, Window, colours
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame

MINIMUM_SCORE = 0.25
"""What YOLO models are made for."""
JOINTS = 17
"""Of COCO, in the same order as MoveNet's."""
PERSON = "person"


def open_yolo(model: Path | None) -> "Yolo":
    """`model`: a .pt file, or an export such as .onnx; that of a pose model has `pose` in its name.

    ImportError without Ultralytics; DetectorError names a file that will not do.
    """
    # A watching machine neither calls home, nor fetches weights, nor installs packages by itself; and what it prints
    # is read by programs.
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ["YOLO_VERBOSE"] = "false"
    import torch
    import ultralytics

    if model is None or not model.is_file():
        raise DetectorError(f"{model or 'no model was named'}: Ultralytics needs a file with weights")
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        network = ultralytics.YOLO(str(model), task="pose" if "pose" in model.stem else "detect", verbose=False)
        return Yolo(network, device=device)
    except DetectorError as error:
        raise DetectorError(f"{model}: {error}") from error
    except Exception as error:
        raise DetectorError(f"{model}: Ultralytics cannot run it: {type(error).__name__}") from error


class Yolo:
    """A PersonDetector. Looks of several threads wait for each other: an Ultralytics model takes one at a time."""

    def __init__(self, network: Any, *, device: str) -> None:
        """DetectorError if the network does not know people."""
        self._network, self._device = network, device
        self._alone = threading.Lock()
        self._network.predict(np.zeros((64, 64, 3), np.uint8), device=device, verbose=False)
        kinds = [number for number, name in self._network.names.items() if name == PERSON]
        if not kinds:
            raise DetectorError(f"the model knows no class {PERSON!r}")
        self._kinds = kinds

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:  # noqa: ARG002 - it scales by itself
        """At most MOST_PEOPLE."""
        try:
            return self._find(frame, window)
        except Exception as error:
            raise DetectorError(f"people could not be looked for: {type(error).__name__}") from error

    def _find(self, frame: Frame, window: Window) -> list[Pose]:
        blue_first = np.ascontiguousarray(colours(frame, window)[:, :, ::-1])
        with self._alone:
            found = self._network.predict(
                blue_first,
                device=self._device,
                classes=self._kinds,
                conf=MINIMUM_SCORE,
                max_det=MOST_PEOPLE,
                verbose=False,
            )[0]
        corner, size = np.array([value & ~1 for value in window[:2]], np.float32), np.array(frame.size_px, np.float32)
        poses = []
        for number, score in enumerate(found.boxes.conf.tolist()):
            box = (found.boxes.xyxy[number].cpu().numpy().reshape(2, 2) + corner) / size
            joints = _joints(found.keypoints, number)
            joints[:, :2] = (joints[:, :2] + corner) / size
            poses.append(Pose(float(score), joints, tuple(box.reshape(4).tolist())))
        return poses


def _joints(keypoints: Any, number: int) -> Joints:
    """(17, 3): x, y in pixels of the window and score; of score 0 where the model gives none."""
    if keypoints is None or keypoints.data.shape[1:] != (JOINTS, 3):
        return np.zeros((JOINTS, 3), np.float32)
    return np.array(keypoints.data[number].cpu().numpy(), np.float32)
