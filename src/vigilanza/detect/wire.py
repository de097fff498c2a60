"""How a watching process and the finder of people talk: pictures in shared memory, words by a local socket.

A client's first message is `HELLO` with the descriptor of its memory: SLOTS slots of SLOT_BYTES, one per camera. Then
each request names a slot whose picture (I420 of the window, rows without padding) is to be looked at, and leaves that
slot alone until the answer has come. So every camera waits for one picture at a time, and is served in turn.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size
from vigilanza.domain.frame import Frame

HELLO = b"vigilanza people 2"
SLOTS = 64
SLOT_BYTES = 1920 * 1080 * 3 // 2
MOST_PEOPLE = 16
MESSAGE_BYTES = 8192
_REQUEST = struct.Struct("<IHHHH")
_ANSWER = struct.Struct("<IBB")
_FLOATS = 1 + 17 * 3 + 4


@dataclass(frozen=True, slots=True)
class Request:
    """Look at the picture of `width_px` x `height_px` (both even) in `slot`, a part of one of `whole_px`."""

    slot: int
    width_px: int
    height_px: int
    whole_px: Size

    def encode(self) -> bytes:
        """As a message."""
        return _REQUEST.pack(self.slot, self.width_px, self.height_px, *self.whole_px)

    @staticmethod
    def decode(message: bytes) -> "Request":
        """ValueError for what is none."""
        if len(message) != _REQUEST.size:
            raise ValueError("no request")
        slot, width_px, height_px, *whole_px = _REQUEST.unpack(message)
        request = Request(slot, width_px, height_px, (whole_px[0], whole_px[1]))
        odd = request.width_px % 2 or request.height_px % 2
        if request.slot >= SLOTS or odd or not 0 < request.width_px * request.height_px * 3 // 2 <= SLOT_BYTES:
            raise ValueError("a request beyond its slot")
        if width_px > whole_px[0] or height_px > whole_px[1]:
            raise ValueError("a part larger than the whole")
        return request


def encode_answer(slot: int, poses: Sequence[Pose] | None) -> bytes:
    """The people found, at most MOST_PEOPLE, coordinates in 0..1 of the window; None: it could not be looked at."""
    found = [] if poses is None else list(poses)[:MOST_PEOPLE]
    rows = [np.concatenate([[pose.score], pose.joints.reshape(-1), pose.box]).astype("<f4").tobytes() for pose in found]
    return _ANSWER.pack(slot, poses is not None, len(rows)) + b"".join(rows)


def decode_answer(message: bytes) -> tuple[int, list[Pose] | None]:
    """What encode_answer encoded."""
    slot, good, count = _ANSWER.unpack_from(message)
    rows = np.frombuffer(message, "<f4", count * _FLOATS, _ANSWER.size).reshape(count, _FLOATS).astype(np.float32)
    if not good:
        return slot, None
    return slot, [_pose(row) for row in rows]


def _pose(row: NDArray[np.float32]) -> Pose:
    left, top, right, bottom = (float(value) for value in row[52:56])
    return Pose(float(row[0]), row[1:52].reshape(17, 3), (left, top, right, bottom))


def lay_out(memory: memoryview, slot: int, width_px: int, height_px: int) -> tuple[NDArray[np.uint8], ...]:
    """(luma (H, W), chroma (2, H/2, W/2)) of a slot, as views."""
    start, size = slot * SLOT_BYTES, width_px * height_px
    luma = np.frombuffer(memory, np.uint8, size, start).reshape(height_px, width_px)
    chroma = np.frombuffer(memory, np.uint8, size // 2, start + size).reshape(2, height_px // 2, width_px // 2)
    return luma, chroma


def picture(memory: memoryview, request: Request) -> Frame:
    """The picture that a request is about; it has no camera and no time."""
    luma, chroma = lay_out(memory, request.slot, request.width_px, request.height_px)
    return Frame("", 0.0, luma, chroma)
