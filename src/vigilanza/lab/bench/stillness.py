"""Pictures of an empty scene, as long as they are wanted: a camera's noise is new in each of them."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vigilanza.domain.errors import RecordingError

BITRATE, GOP_S = 384_000, 2.0
_LEAST_NOISE = 2.0
"""Grey levels, standard deviation: less does not outlive the encoder, and a picture without noise is a frozen one."""
_PATTERNS = 16
_PATTERN_SHIFT_PX = 61


def still_life(pictures: Sequence[NDArray[np.uint8]], count: int) -> Iterator[NDArray[np.uint8]]:
    """`count` pictures that show what most of `pictures` show (I420, all of one size), with fresh noise like theirs."""
    stack = np.stack(pictures)
    scene = np.median(stack, axis=0).astype(np.float32)
    apart = np.abs(np.diff(stack.astype(np.int16), axis=0))
    noise = max(_LEAST_NOISE, float(np.median(apart)) / 0.6745 / 2**0.5)
    random = np.random.default_rng(0)
    patterns = [random.normal(0.0, noise, scene.shape).astype(np.float32) for _ in range(_PATTERNS)]
    for number in range(count):
        pattern = np.roll(patterns[number % _PATTERNS], _PATTERN_SHIFT_PX * number)
        yield np.clip(scene + pattern, 0, 255).astype(np.uint8)


def decoded(video: Path, limit: int | None = None) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a recording, as I420. RecordingError."""
    try:
        with av.open(str(video)) as container:
            for number, picture in enumerate(container.decode(video=0)):
                if number == limit:
                    return
                yield np.asarray(picture.to_ndarray(format="yuv420p"), np.uint8)
    except av.FFmpegError as error:
        raise RecordingError(f"{video}: {error}") from error


def film(pictures: Iterator[NDArray[np.uint8]], target: Path, fps: float, bitrate: int = BITRATE) -> None:
    """Write I420 pictures as a camera sends them: H.264 of that bitrate, a key frame every GOP_S, no reordering."""
    interval = str(round(GOP_S * fps))
    options = {"preset": "veryfast", "g": interval, "keyint_min": interval, "sc_threshold": "0", "bf": "0"}
    with av.open(str(target), "w") as output:
        stream = output.add_stream("libx264", rate=round(fps), options=options)
        stream.pix_fmt, stream.bit_rate = "yuv420p", bitrate
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.width, stream.height = picture.shape[1], picture.shape[0] * 2 // 3
            frame = VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, round(fps))
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
