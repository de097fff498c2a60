"""Tiny videos whose pictures know their number, made once per test run."""

import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_DIRECTORY = tempfile.TemporaryDirectory(prefix="vigilanza-videos-")
_BLOCK = 24
_BITS = 10


@cache
def video(
    codec: str = "h264",
    *,
    frames: int = 40,
    rate: int = 10,
    gop: int = 10,
    b_frames: int = 0,
    size: tuple[int, int] = (320, 180),
    container: str = "mp4",
    faststart: bool = False,
    pixels: str = "yuv420p",
    open_groups: bool = False,
) -> Path:
    """A file of `codec` (h264, hevc, mjpeg, mpeg4): number of the picture in bright blocks, something moving below."""
    name = (
        f"{codec}-{frames}-{rate}-{gop}-{b_frames}-{size[0]}x{size[1]}-{pixels}-{faststart}-{open_groups}.{container}"
    )
    path = Path(_DIRECTORY.name) / name
    b_frames = max(b_frames, 2 * open_groups)
    options = {"g": str(gop), "bf": str(b_frames), "preset": "ultrafast"}
    if open_groups:
        options |= {"x264-params": "open-gop=1", "sc_threshold": "0"}
    if codec == "hevc":
        options = {
            "preset": "ultrafast",
            "x265-params": f"log-level=none:keyint={gop}:bframes={b_frames}:open-gop={int(open_groups)}",
        }
    if codec == "mjpeg":
        options = {}
    encoder = {"h264": "libx264", "hevc": "libx265"}.get(codec, codec)
    with av.open(str(path), "w", options={"movflags": "faststart"} if faststart else {}) as output:
        stream = output.add_stream(encoder, rate=rate, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(draw(number, size), format="yuv420p")
            if pixels != "yuv420p":
                picture = picture.reformat(format=pixels)
            picture.pts, picture.time_base = number, Fraction(1, rate)
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return path


def draw(number: int, size: tuple[int, int] = (320, 180)) -> NDArray[np.uint8]:
    """I420 picture that shows `number`, in a colour that is neither grey nor black."""
    width, height = size
    picture = np.full((height * 3 // 2, width), 160, np.uint8)
    luma = picture[:height]
    luma[:] = 90
    for bit in range(_BITS):
        luma[4 : 4 + _BLOCK, 8 + bit * _BLOCK : 8 + (bit + 1) * _BLOCK] = 220 if number >> bit & 1 else 30
    left = number * 7 % (width - 40)
    luma[height // 2 : height // 2 + 30, left : left + 40] = 200
    return picture


def number_in(luma: NDArray[np.uint8]) -> int:
    """The number that `draw` put into the picture."""
    middle = 4 + _BLOCK // 2
    return sum((int(luma[middle, 8 + bit * _BLOCK + _BLOCK // 2]) > 125) << bit for bit in range(_BITS))
