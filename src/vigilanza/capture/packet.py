"""One compressed picture as it came from a camera or a recording."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What is needed to decode or remux a packet without the connection it came from.

    `codec` is FFmpeg's name (h264, hevc, mjpeg, …); `width_px`, `height_px` are what the stream announced and may
    be 0 if it announced nothing; `extradata` are the parameter sets announced outside the packets (Annex B), or b"".
    """

    codec: str
    width_px: int
    height_px: int
    extradata: bytes


@dataclass(frozen=True, slots=True)
class Packet:
    """One access unit in decoding order; H.264 and H.265 always as Annex B, bytes as the camera sent them.

    `at` is when the picture was taken, UTC in Unix seconds: live it follows the arrival (never later than it), in a
    recording it is exactly the recording's start plus `pts`. `camera_at` is the camera's own clock (RTCP sender
    report), None if it never told. `pts` and `dts` count `time_base` seconds and start anew with each connection.
    """

    data: bytes
    at: float
    camera_at: float | None
    pts: int
    dts: int
    time_base: Fraction
    is_keyframe: bool
    format: StreamFormat

    @property
    def seconds(self) -> float:
        """Presentation time within the connection or recording, in seconds."""
        return self.pts * self.time_base.numerator / self.time_base.denominator  # exact, and cheaper than a Fraction
