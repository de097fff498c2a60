"""What a simulated camera can be made to do wrong."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Faults:
    """Switches of one camera server; change them at any time from any thread.

    `freeze`: the connection stays, no packet comes. `hang`: packets come, the picture stands still (encoder hang).
    `blackhole`: requests are taken and never answered. `loss`: share 0..1 of RTP packets not sent. `corrupt`: share
    0..1 of RTP payloads with random bytes. `no_rtcp`: no sender reports. `clock_skew`: seconds the camera's own clock
    is ahead. `announce`: what the session description offers: `video`, `video_and_audio`, `audio` only, or a video
    codec nobody knows.
    """

    freeze: bool = False
    hang: bool = False
    blackhole: bool = False
    loss: float = 0.0
    corrupt: float = 0.0
    no_rtcp: bool = False
    clock_skew: float = 0.0
    announce: Literal["video", "video_and_audio", "audio", "unknown_codec"] = "video"
