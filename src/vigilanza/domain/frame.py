"""One decoded picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of one camera as planes of YUV 4:2:0; the arrays are never written to.

    `at` is UTC in Unix seconds and never steps back within one connection;
    in a recording it is the recording's start plus the time in the recording.
    """

    camera: str
    at: float
    luma: NDArray[np.uint8]  # (H, W)
    chroma: NDArray[np.uint8]  # (2, H // 2, W // 2): U, V

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)"""
        return self.luma.shape[1], self.luma.shape[0]
