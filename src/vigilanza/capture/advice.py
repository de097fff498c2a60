"""What is set wrongly in a camera for our purpose, and how to set it."""

from collections.abc import Iterator
from dataclasses import dataclass

from vigilanza.capture.description import H264, CameraDescription, Encoder, Profile, main_of, sub_of

LONGEST_GOP_S = 4.0
NARROWEST_PX, WIDEST_PX = 480, 704
SLOWEST_FPS = 5.0
CLOCK_OFF_S = 2.0


@dataclass(frozen=True, slots=True)
class Advice:
    """`about` is a profile's token or `camera`; `found` is what is wrong, `do` what to set instead."""

    about: str
    found: str
    do: str


def advise(camera: CameraDescription) -> tuple[Advice, ...]:
    """Everything that ought to be set otherwise; empty if all is well."""
    return (*_camera(camera), *(advice for profile in _used(camera) for advice in _profile(profile, camera)))


def _used(camera: CameraDescription) -> tuple[Profile, ...]:
    """Main and sub profile; one if they are the same, none if there are none."""
    if not camera.profiles:
        return ()
    return tuple({profile.token: profile for profile in (main_of(camera.profiles), sub_of(camera.profiles))}.values())


def _camera(camera: CameraDescription) -> Iterator[Advice]:
    if not camera.profiles:
        yield Advice("camera", "no profile", "add one with the main stream and one with the sub stream")
    elif len(_used(camera)) == 1:
        found = "no sub stream" if len(camera.profiles) == 1 else "no sub stream in H.264"
        yield Advice("camera", found, "switch on a second stream: H.264, 640x360, 10 fps")
    if camera.clock_ahead is None:
        yield Advice("camera", "tells no time", "set its clock by NTP")
    elif abs(camera.clock_ahead) > CLOCK_OFF_S:
        side = "ahead" if camera.clock_ahead > 0 else "behind"
        yield Advice("camera", f"clock {abs(camera.clock_ahead):.0f} s {side}", "set its clock by NTP")


def _profile(profile: Profile, camera: CameraDescription) -> Iterator[Advice]:
    encoder = profile.encoder
    if encoder is not None and encoder.gop is not None and encoder.gop > LONGEST_GOP_S:
        pictures = f"{2 * encoder.fps:.0f} pictures" if encoder.fps else "2 s"
        yield Advice(
            profile.token,
            f"key frames only every {encoder.gop:.0f} s",
            f"I-frame interval 2 s ({pictures}); switch off smart codecs such as H.264+",
        )
    if profile.has_audio:
        yield Advice(profile.token, "audio is on", "switch audio off: none may be recorded")
    if encoder is not None and profile == sub_of(camera.profiles):
        yield from _analysed(profile.token, encoder, alone=len(_used(camera)) == 1)


def _analysed(token: str, encoder: Encoder, *, alone: bool) -> Iterator[Advice]:
    if encoder.codec != H264:
        yield Advice(token, f"the sub stream is {encoder.codec}", "H.264: the live view in browsers plays no other")
    if encoder.width_px > WIDEST_PX and not alone:
        yield Advice(token, f"the sub stream is {encoder.width_px} pixels wide", "640x360, or 704x576 at most")
    if encoder.width_px < NARROWEST_PX:
        yield Advice(token, f"the sub stream is only {encoder.width_px} pixels wide", "640x360, or 640x480")
    if encoder.fps is not None and encoder.fps < SLOWEST_FPS:
        yield Advice(token, f"only {encoder.fps:g} pictures a second", "10 fps, at least 5")
