"""Which stream is used for what, and what is said of settings that are wrong for us."""

import re
from dataclasses import replace

import pytest

from vigilanza.capture.advice import advise
from vigilanza.capture.description import CameraDescription, Device, Encoder, Profile, choose_profile, main_of, sub_of
from vigilanza.domain.errors import SourceRefused


def profile(token: str, width: int = 1280, *, codec: str = "H.264", sensor: str = "vs0", **more: object) -> Profile:
    given: dict[str, object] = {"fps": 10.0, "bitrate_kbps": 512, "gop_pictures": 20, **more}
    has_audio = bool(given.pop("has_audio", False))
    encoder = Encoder(codec=codec, width_px=width, height_px=width * 9 // 16, **given)  # type: ignore[arg-type]
    return Profile(token, token, sensor, encoder, has_audio)


MAIN, SUB = profile("m"), profile("s", 640)


def told(*profiles: Profile, clock_ahead: float | None = 0.3) -> list[tuple[str, str]]:
    device = Device("", "", "", "")
    return [(advice.about, advice.found) for advice in advise(CameraDescription(device, profiles, clock_ahead, True))]


def test_a_camera_that_is_set_well_needs_no_advice() -> None:
    assert told(MAIN, SUB) == []
    assert told(MAIN, profile("s", 704), profile("third", 320, has_audio=True, gop_pictures=900)) == []


@pytest.mark.parametrize(
    ("profiles", "found"),
    [
        ((), [("camera", "no profile")]),
        ((MAIN,), [("camera", "no sub stream")]),
        ((profile("m", gop_pictures=41), SUB), [("m", "key frames only every 4 s")]),
        ((MAIN, profile("s", 640, gop_pictures=300)), [("s", "key frames only every 30 s")]),
        ((MAIN, profile("s", 640, codec="H.265")), [("camera", "no sub stream in H.264")]),
        (
            (profile("m", codec="H.265"), profile("s", 640, codec="H.265")),
            [("s", "the sub stream is H.265")],
        ),
        ((profile("m", 1920), profile("s", 800)), [("s", "the sub stream is 800 pixels wide")]),
        ((MAIN, profile("s", 352)), [("s", "the sub stream is only 352 pixels wide")]),
        ((MAIN, profile("s", 640, fps=4.0, gop_pictures=8)), [("s", "only 4 pictures a second")]),
        (
            (profile("m", has_audio=True), profile("s", 640, has_audio=True)),
            [("m", "audio is on"), ("s", "audio is on")],
        ),
    ],
)
def test_what_is_set_wrongly_is_said(profiles: tuple[Profile, ...], found: list[tuple[str, str]]) -> None:
    assert told(*profiles) == found


@pytest.mark.parametrize(
    ("ahead", "found"),
    [(2.0, []), (-2.0, []), (3.0, ["clock 3 s ahead"]), (-7200.0, ["clock 7200 s behind"]), (None, ["tells no time"])],
)
def test_a_wrong_clock_is_said(ahead: float | None, found: list[str]) -> None:
    assert told(MAIN, SUB, clock_ahead=ahead) == [("camera", text) for text in found]


def test_advice_says_how_many_pictures_the_interval_is() -> None:
    device = Device("", "", "", "")
    described = CameraDescription(device, (MAIN, profile("s", 640, fps=12.0, gop_pictures=120)), 0.0, True)
    (advice,) = advise(described)
    assert advice.do == "I-frame interval 2 s (24 pictures); switch off smart codecs such as H.264+"
    (advice,) = advise(described, "it")
    assert advice.found == "fotogrammi chiave solo ogni 10 s"
    assert advice.do == "intervallo I-frame di 2 s (24 immagini); disattivare codec «smart» come H.264+"


def test_the_same_is_advised_in_each_language() -> None:
    bad = profile("s", 352, codec="H.265", has_audio=True, gop_pictures=900, fps=3.0)
    for profiles in ((), (bad,), (MAIN, profile("s", 352, has_audio=True)), (MAIN, profile("s", 960, fps=4.0))):
        described = CameraDescription(Device("", "", "", ""), profiles, -20.0, True)
        english, italian = advise(described, "en"), advise(described, "it")
        assert english
        assert [one.about for one in english] == [one.about for one in italian]
        for one, other in zip(english, italian, strict=True):
            numbers = [re.findall(r"\d+", text) for text in (one.found, one.do)]
            assert numbers == [re.findall(r"\d+", text) for text in (other.found, other.do)]
            assert one.found != other.found


@pytest.mark.parametrize(
    ("profiles", "main", "sub"),
    [
        ((SUB, MAIN), "m", "s"),
        ((MAIN, profile("a", 320), profile("b", 704), profile("c", 640, codec="H.265")), "m", "b"),
        ((profile("m", 1920, codec="H.265"), profile("s", 640, codec="H.265")), "m", "s"),
        ((MAIN, SUB, profile("other", 640, sensor="vs1")), "m", "s"),
        ((profile("m", sensor="vs1"), SUB, profile("t", 352, sensor="vs1")), "m", "t"),
        ((Profile("meta", "meta", "vs0", None, False), MAIN), "m", "m"),
        ((Profile("only", "only", "vs0", None, False),), "only", "only"),
    ],
)
def test_the_largest_is_kept_and_the_h264_nearest_to_640_is_analysed(
    profiles: tuple[Profile, ...], main: str, sub: str
) -> None:
    assert (main_of(profiles).token, sub_of(profiles).token) == (main, sub)
    assert choose_profile(profiles, "main").token == main
    assert choose_profile(profiles, "sub").token == sub
    assert choose_profile(profiles, profiles[0].token) == profiles[0]


@pytest.mark.parametrize(("profiles", "wanted"), [((), "main"), ((MAIN,), "x")])
def test_a_profile_that_is_not_there_is_refused(profiles: tuple[Profile, ...], wanted: str) -> None:
    with pytest.raises(SourceRefused, match="the camera has no profile"):
        choose_profile(profiles, wanted)


def test_a_gop_is_only_known_if_both_its_parts_are() -> None:
    known = replace(MAIN.encoder, fps=12.5, gop_pictures=50) if MAIN.encoder else None
    assert known is not None
    assert known.gop == 4.0
    assert replace(known, fps=None).gop is None
    assert replace(known, gop_pictures=None).gop is None
