"""What is set wrongly in a camera for our purpose, and how to set it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from vigilanza.capture.description import H264, CameraDescription, Encoder, Profile, main_of, sub_of
from vigilanza.domain.language import Language, pick

Say: TypeAlias = Callable[[str, str], str]
"""Of an Italian and an English text, the one that is wanted."""

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


def advise(camera: CameraDescription, language: Language = "en") -> tuple[Advice, ...]:
    """Everything that ought to be set otherwise; empty if all is well. The same advice in each language, in order."""
    say = partial(pick, language)
    return (*_camera(camera, say), *(advice for profile in _used(camera) for advice in _profile(profile, camera, say)))


def _used(camera: CameraDescription) -> tuple[Profile, ...]:
    """Main and sub profile; one if they are the same, none if there are none."""
    if not camera.profiles:
        return ()
    return tuple({profile.token: profile for profile in (main_of(camera.profiles), sub_of(camera.profiles))}.values())


def _camera(camera: CameraDescription, say: Say) -> Iterator[Advice]:
    if not camera.profiles:
        do = say(
            "aggiungerne uno con il flusso principale e uno con il flusso secondario",
            "add one with the main stream and one with the sub stream",
        )
        yield Advice("camera", say("nessun profilo", "no profile"), do)
    elif len(_used(camera)) == 1:
        found = say("nessun flusso secondario", "no sub stream")
        do = say(
            "attivare un secondo flusso: H.264, 640x360, 10 fps", "switch on a second stream: H.264, 640x360, 10 fps"
        )
        yield Advice("camera", found if len(camera.profiles) == 1 else found + say(" in H.264", " in H.264"), do)
    by_ntp = say("regolare il suo orologio con NTP", "set its clock by NTP")
    if camera.clock_ahead is None:
        yield Advice("camera", say("non dice l'ora", "tells no time"), by_ntp)
    elif abs(camera.clock_ahead) > CLOCK_OFF_S:
        off = f"{abs(camera.clock_ahead):.0f} s"
        side = say("avanti", "ahead") if camera.clock_ahead > 0 else say("indietro", "behind")
        yield Advice("camera", say(f"orologio {off} {side}", f"clock {off} {side}"), by_ntp)


def _profile(profile: Profile, camera: CameraDescription, say: Say) -> Iterator[Advice]:
    encoder = profile.encoder
    if encoder is not None and encoder.gop is not None and encoder.gop > LONGEST_GOP_S:
        count = f"{2 * encoder.fps:.0f}" if encoder.fps else None
        pictures = say(f"{count} immagini", f"{count} pictures") if count else "2 s"
        yield Advice(
            profile.token,
            say(
                f"fotogrammi chiave solo ogni {encoder.gop:.0f} s",
                f"key frames only every {encoder.gop:.0f} s",
            ),
            say(
                f"intervallo I-frame di 2 s ({pictures}); disattivare codec «smart» come H.264+",
                f"I-frame interval 2 s ({pictures}); switch off smart codecs such as H.264+",
            ),
        )
    if profile.has_audio:
        do = say(
            "disattivare l'audio: non se ne può registrare",
            "switch audio off: none may be recorded",
        )
        yield Advice(profile.token, say("l'audio è attivo", "audio is on"), do)
    if encoder is not None and profile == sub_of(camera.profiles):
        yield from _analysed(profile.token, encoder, say, alone=len(_used(camera)) == 1)


def _analysed(token: str, encoder: Encoder, say: Say, *, alone: bool) -> Iterator[Advice]:
    stream = say("il flusso secondario", "the sub stream")
    width = encoder.width_px
    if encoder.codec != H264:
        do = say(
            "H.264: l'immagine dal vivo nei browser non mostra altro",
            "H.264: the live view in browsers plays no other",
        )
        yield Advice(token, say(f"{stream} è {encoder.codec}", f"{stream} is {encoder.codec}"), do)
    if width > WIDEST_PX and not alone:
        found = say(f"{stream} è largo {width} pixel", f"{stream} is {width} pixels wide")
        yield Advice(token, found, say("640x360, al massimo 704x576", "640x360, or 704x576 at most"))
    if width < NARROWEST_PX:
        found = say(f"{stream} è largo solo {width} pixel", f"{stream} is only {width} pixels wide")
        yield Advice(token, found, say("640x360, oppure 640x480", "640x360, or 640x480"))
    if encoder.fps is not None and encoder.fps < SLOWEST_FPS:
        found = say(f"solo {encoder.fps:g} immagini al secondo", f"only {encoder.fps:g} pictures a second")
        yield Advice(token, found, say("10 fps, almeno 5", "10 fps, at least 5"))
