"""Drawn pictures as a video that people can play."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from vigilanza.domain.errors import ConfigError

_TICKS = 90000


class Film:
    """An H.264 MP4 without sound; `path` appears, or is replaced, when the `with` ends, with what was added by then.

    ConfigError if it cannot be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._output: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._last = -1

    def __enter__(self) -> "Film":
        try:
            self._output = av.open(str(self._part), "w", format="mp4", options={"movflags": "faststart"})
        except (av.FFmpegError, OSError) as error:
            raise ConfigError(f"{self._path} cannot be written: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._output is not None
        try:
            if self._stream is not None:
                self._output.mux(self._stream.encode(None))
            self._output.close()
            if self._stream is not None:
                self._part.replace(self._path)
        except (av.FFmpegError, OSError) as failure:
            raise ConfigError(f"{self._path} cannot be written: {failure}") from failure
        finally:
            self._part.unlink(missing_ok=True)

    def add(self, picture: NDArray[np.uint8], seconds: float) -> None:
        """One more picture, (H, W, 3) BGR with H and W even, shown from `seconds` on; all of one size."""
        assert self._output is not None
        stream = self._stream or self._begin(self._output, picture.shape[1], picture.shape[0])
        frame = VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
        if (frame.width, frame.height) != (stream.width, stream.height):
            frame = frame.reformat(stream.width, stream.height)
        self._last = max(self._last + 1, round(seconds * _TICKS))
        frame.pts, frame.time_base = self._last, Fraction(1, _TICKS)
        try:
            self._output.mux(stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise ConfigError(f"{self._path} cannot be written: {error}") from error

    def _begin(self, output: OutputContainer, width_px: int, height_px: int) -> VideoStream:
        stream = output.add_stream("libx264", options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
        stream.codec_context.thread_count = 1
        self._stream = stream
        return stream
