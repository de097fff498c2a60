"""What a simulated camera can be made to do wrong."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Announcement: TypeAlias = Literal["video", "video_and_audio", "audio", "unknown_codec", "nonsense"]
"""What the session description offers; `nonsense` is none at all."""
Answer: TypeAlias = Literal[
    "right", "dripped", "garbage", "endless_headers", "redirected", "short_body", "huge_body", "negative_body"
]
"""How requests are answered: lab/misanswer.py says what each of them sends."""


@dataclass(slots=True)
class Faults:
    """Switches of one camera server; change them at any time from any thread.

    `freeze`: the connection stays, no packet comes. `hang`: packets come, the picture stands still (encoder hang).
    `blackhole`: requests are taken and never answered. `half_open`: as if the peer had vanished without a word:
    nothing is read or sent any more, the connection stays. `loss`: share 0..1 of RTP packets not sent. `corrupt`:
    share 0..1 of RTP payloads with random bytes behind their beginning. `nonsense`: RTP comes, but nothing in it is
    video. `headless`: key frames are never sent. `no_rtcp`: no sender reports. `clock_skew`: seconds the camera's own
    clock is ahead. `stamp_jump`: seconds added to the RTP timestamps.
    """

    freeze: bool = False
    hang: bool = False
    blackhole: bool = False
    half_open: bool = False
    loss: float = 0.0
    corrupt: float = 0.0
    nonsense: bool = False
    headless: bool = False
    no_rtcp: bool = False
    clock_skew: float = 0.0
    stamp_jump: float = 0.0
    announce: Announcement = "video"
    answer: Answer = "right"
