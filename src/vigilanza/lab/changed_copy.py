"""Writes a perturbed copy of a recording."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vigilanza.capture.decode import planes
from vigilanza.capture.rate import RateSelector
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.perturb import Perturbation

_SETTINGS = {"preset": "veryfast", "threads": "1"}
"""One thread: the same recording always gives the same bytes."""
_NEAR_LOSSLESS = {"crf": "18"}


def write_copy(original: Path, copy: Path, how: Perturbation) -> None:
    """Write the changed pictures of `original` to `copy`, at their times, as H.264 like any camera's.

    RecordingError if the original cannot be read.
    """
    try:
        with av.open(str(original)) as source, av.open(str(copy), "w") as target:
            stream = source.streams.video[0]
            encoder: VideoStream | None = None
            for changed in _changed(source.decode(stream), how):
                if encoder is None:
                    quality = {} if how.bitrate else _NEAR_LOSSLESS
                    rate = Fraction(how.fps or stream.average_rate or 10).limit_denominator(1000)
                    encoder = target.add_stream("libx264", rate=rate, options=_SETTINGS | quality)
                    encoder.width, encoder.height, encoder.pix_fmt = changed.width, changed.height, "yuv420p"
                    if how.bitrate:
                        encoder.bit_rate = round(how.bitrate * _bitrate(source, original))
                target.mux(encoder.encode(changed))
            if encoder is not None:
                target.mux(encoder.encode(None))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise RecordingError(f"{original}: {error}") from error


def _bitrate(container: InputContainer, path: Path) -> float:
    seconds = (container.duration or av.time_base) / av.time_base
    return path.stat().st_size * 8 / seconds


def _changed(pictures: Iterator[VideoFrame], how: Perturbation) -> Iterator[VideoFrame]:
    rate = RateSelector(rate_hz=how.fps) if how.fps else None
    for picture in pictures:
        if rate is not None and not rate.takes(float(picture.time or 0.0)):
            continue
        luma, chroma = how.picture(planes(picture.reformat(format="yuv420p", dst_color_range="MPEG")))
        packed = np.concatenate([luma.ravel(), chroma.ravel()]).reshape(luma.shape[0] * 3 // 2, luma.shape[1])
        changed = VideoFrame.from_ndarray(packed, format="yuv420p")
        changed.pts, changed.time_base = picture.pts, picture.time_base
        yield changed
