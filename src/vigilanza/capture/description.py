"""What a camera says about itself, and which of its streams we use for what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigilanza.domain.errors import SourceRefused

ANALYSED_WIDTH_PX = 640
"""The width that is looked for in a stream to analyse."""
H264 = "H.264"


@dataclass(frozen=True, slots=True)
class Device:
    """Texts as the camera gives them, empty if it gives none."""

    manufacturer: str
    model: str
    firmware: str
    serial: str


@dataclass(frozen=True, slots=True)
class Encoder:
    """How a stream is encoded. `codec` is H.264, H.265 or what the camera calls it.

    `gop_pictures` is the distance of key frames in pictures; what the camera does not tell is None.
    """

    codec: str
    width_px: int
    height_px: int
    fps: float | None
    bitrate_kbps: int | None
    gop_pictures: int | None

    @property
    def gop(self) -> float | None:
        """Seconds from one key frame to the next; None if the camera does not tell."""
        return self.gop_pictures / self.fps if self.gop_pictures and self.fps else None


@dataclass(frozen=True, slots=True)
class Profile:
    """One stream that a camera offers; `sensor` is the token of what it shows (a camera may have several eyes)."""

    token: str
    name: str
    sensor: str
    encoder: Encoder | None
    has_audio: bool


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """A camera at one moment. `clock_ahead`: seconds, to half a second, None if it does not tell its time."""

    device: Device
    profiles: tuple[Profile, ...]
    clock_ahead: float | None
    has_events: bool


def choose_profile(profiles: Sequence[Profile], wanted: str) -> Profile:
    """The profile for `wanted`: "main" (the largest), "sub" (see `sub_of`), or a token.

    SourceRefused if there is none.
    """
    named = [profile for profile in profiles if profile.token == wanted]
    if named:
        return named[0]
    if not profiles or wanted not in ("main", "sub"):
        known = ", ".join(profile.token for profile in profiles) or "none"
        raise SourceRefused(f"the camera has no profile {wanted}; it has: {known}")
    return main_of(profiles) if wanted == "main" else sub_of(profiles)


def main_of(profiles: Sequence[Profile]) -> Profile:
    """The profile with the largest pictures; the first of several, or if no size is told."""
    return max(profiles, key=lambda profile: _pixels(profile.encoder))


def sub_of(profiles: Sequence[Profile]) -> Profile:
    """The H.264 profile of the main one's sensor that is nearest to 640 pixels wide.

    Without H.264, the one nearest to it in whatever codec; may be the main profile itself.
    """
    main = main_of(profiles)
    same_view = [profile for profile in profiles if profile.sensor == main.sensor]
    return _nearest([p for p in same_view if p.encoder and p.encoder.codec == H264]) or _nearest(same_view) or main


def _nearest(profiles: Iterable[Profile]) -> Profile | None:
    sized = [(abs(p.encoder.width_px - ANALYSED_WIDTH_PX), index, p) for index, p in enumerate(profiles) if p.encoder]
    return min(sized, key=lambda entry: entry[:2])[2] if sized else None


def _pixels(encoder: Encoder | None) -> int:
    return encoder.width_px * encoder.height_px if encoder else 0
