"""Attacks on the camera are seen, and a switched light is none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.drawn import Look, facts, film, picture, watched
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
LEARNED = (8.0, Look())


def view(*looks: tuple[float, Look]) -> set[Fact]:
    """All that is said from two seconds after the last change on."""
    frames = film(*looks, size_px=SIZE_PX)
    said = watched(ViewDetector(), frames)
    return facts(said[len(frames) - round(looks[-1][0] * 5) + 10 :])


def test_a_usual_view_is_clear() -> None:
    said = watched(ViewDetector(), film((20.0, Look()), size_px=SIZE_PX))
    assert facts(said) == {Fact.VIEW_CLEAR}
    assert all(len(observations) <= 1 for observations in said)
    assert all(said[15:])


@pytest.mark.parametrize(
    ("look", "fact"),
    [
        (Look(covered=True), Fact.VIEW_COVERED),
        (Look(shifted=(320, 30)), Fact.VIEW_MOVED),
        (Look(shifted=(-140, 80)), Fact.VIEW_MOVED),
        (Look(blurred=21.0), Fact.VIEW_DEFOCUSED),
        (Look(light=0.03), Fact.VIEW_DARK),
    ],
    ids=str,
)
def test_every_attack_is_seen_as_long_as_it_lasts_and_its_end_too(look: Look, fact: Fact) -> None:
    assert view(LEARNED, (30.0, look)) == {fact}
    assert view(LEARNED, (30.0, look), (8.0, Look())) == {Fact.VIEW_CLEAR}


@pytest.mark.parametrize(
    "look", [Look(light=0.5), Look(light=0.3), Look(lit_from=0.6), Look(infrared=True), Look(person=0.3)], ids=str
)
def test_another_light_or_a_person_is_no_attack(look: Look) -> None:
    said = watched(ViewDetector(), film(LEARNED, (30.0, look), (10.0, Look()), (10.0, look), size_px=SIZE_PX))
    assert facts(said) <= {Fact.VIEW_CLEAR}
    assert facts(said[-20:]) == {Fact.VIEW_CLEAR}


def frozen(seconds: float, *, began: float) -> list[Frame]:
    usual = picture(Look(), at=began, size_px=SIZE_PX)
    times = [usual.at + number / 5 for number in range(round(seconds * 5))]
    return [Frame(usual.camera, at, usual.luma.copy(), usual.chroma) for at in times]


def test_a_picture_that_never_changes_is_frozen_and_one_that_lives_again_is_not() -> None:
    detector = ViewDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    said = watched(detector, frozen(60.0, began=8.0))
    assert facts(said[:10]) == {Fact.VIEW_CLEAR}
    assert facts(said[-50:]) == {Fact.VIEW_FROZEN}
    assert facts(watched(detector, film((5.0, Look()), began=68.0, size_px=SIZE_PX))) == {Fact.VIEW_CLEAR}


def test_a_camera_frozen_from_the_start_is_frozen() -> None:
    said = watched(ViewDetector(), frozen(60.0, began=0.0))
    assert facts(said[-50:]) == {Fact.VIEW_FROZEN}


@pytest.mark.parametrize("look", [Look(covered=True), Look(light=0.01)], ids=["covered", "dark"])
def test_a_view_that_was_never_seen_otherwise_is_not_clear_if_it_shows_nothing(look: Look) -> None:
    assert Fact.VIEW_CLEAR not in facts(watched(ViewDetector(), film((20.0, look), size_px=SIZE_PX)))


@pytest.mark.parametrize("sigma", [21.0, 45.0, 90.0])
def test_a_blurred_view_is_never_clear_and_never_merely_turned_away(sigma: float) -> None:
    assert view(LEARNED, (30.0, Look(blurred=sigma))) <= {Fact.VIEW_DEFOCUSED, Fact.VIEW_COVERED}


def test_slow_changes_of_light_are_followed() -> None:
    dusk = [(3.0, Look(light=1.0 - 0.03 * number, lit_from=0.02 * number)) for number in range(25)]
    said = watched(ViewDetector(), film(LEARNED, *dusk, size_px=SIZE_PX))
    assert facts(said) == {Fact.VIEW_CLEAR}


def test_an_attack_is_not_learned_however_long_it_lasts() -> None:
    frames = film(LEARNED, size_px=SIZE_PX)
    detector = ViewDetector()
    watched(detector, frames)
    covered = [picture(Look(covered=True), at=10.0 + number, size_px=SIZE_PX) for number in range(600)]
    assert Fact.VIEW_CLEAR not in facts(watched(detector, covered)[3:])


def test_a_lens_that_is_covered_bit_by_bit_is_covered_in_the_end() -> None:
    detector = ViewDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    said: list[list[Observation]] = []
    for step in range(1, 11):
        frames = [covered_from_the_left(step / 10, at=20.0 * step + number / 2) for number in range(40)]
        said = watched(detector, frames)
    assert facts(said) <= {Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DEFOCUSED}
    assert facts(said)


def covered_from_the_left(share: float, *, at: float) -> Frame:
    frame = picture(Look(), at=at, size_px=SIZE_PX)
    luma = frame.luma.copy()
    luma[:, : round(share * luma.shape[1])] = 90
    return replace(frame, luma=luma)


MASK = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.6), (0.1, 0.6))


def test_what_a_mask_covers_is_neither_kept_nor_compared(tmp_path: Path) -> None:
    detector = ViewDetector(state=tmp_path, masks=[MASK])
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    with np.load(tmp_path / "view.npz") as kept:
        planes = kept["planes"]
    height, width = planes.shape[1:]
    masked = planes[:, int(0.11 * height) : int(0.59 * height), int(0.11 * width) : int(0.49 * width)]
    assert np.ptp(masked) == 0
    assert np.ptp(planes) > 20
    hidden = [painted(MASK, at=20.0 + number / 5) for number in range(50)]
    assert facts(watched(detector, hidden)) == {Fact.VIEW_CLEAR}


def painted(region: Polygon, *, at: float) -> Frame:
    """Something else is seen where the mask is."""
    frame = picture(Look(), at=at, size_px=SIZE_PX)
    luma = frame.luma.copy()
    (left, top), (right, bottom) = region[0], region[2]
    height, width = luma.shape
    part = luma[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
    part[:] = np.random.default_rng(0).integers(0, 255, part.shape, np.uint8)
    return replace(frame, luma=luma)


def test_a_damaged_view_is_not_learned_anew_by_itself(tmp_path: Path) -> None:
    (tmp_path / "view.npz").write_bytes(b"damaged")
    detector = ViewDetector(state=tmp_path)
    for frame in film((5.0, Look(covered=True)), size_px=SIZE_PX):
        with pytest.raises(DetectorError, match="damaged"):
            watched(detector, [frame])
    assert (tmp_path / "view.npz").read_bytes() == b"damaged"
