"""A leaf that gives again and again while somebody is at it is told as shaken; what only looks alike is not."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.drawn import BOTTOM, FPS, LEFT, RIGHT, SEALED, TOP, WIDTH_PX, Look, film, watched
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.geometry import LEAF_WIDTH_PX, Picture
from vigilanza.domain.observation import Fact, Observation

AT_THE_DOOR = Observation(Fact.PERSON_AT_DOOR, 0.6, SEALED.id)
LEARN_S, WATCH_S = 12.0, 10.6
USUAL = Look()
Change = Callable[[Picture, float], Picture]
"""What is done to a picture taken so many seconds after somebody came."""


def moved(luma: Picture, *, by_px: float, only_the_leaf: bool) -> Picture:
    """Shifted to the right by pixels of the flattened leaf, all of it or the leaf in its frame."""
    scale = luma.shape[1] / WIDTH_PX
    across = by_px * (RIGHT - LEFT) / LEAF_WIDTH_PX * scale
    shift = np.array([[1.0, 0.0, across], [0.0, 1.0, 0.0]], np.float32)
    off = np.asarray(cv2.warpAffine(luma, shift, luma.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)
    if not only_the_leaf:
        return off
    left, top, right, bottom = (round(value * scale) for value in (LEFT, TOP, RIGHT, BOTTOM))
    shaken = luma.copy()
    shaken[top:bottom, left:right] = off[top:bottom, left:right]
    return shaken


def pushed(t: float, times: int, *, lasting_s: float = 0.4) -> bool:
    """True in each of so many pushes, the first after 1.6 s, then another 1.2 s after the end of each."""
    number, since = divmod(t - 1.6 + 1e-6, 1.2 + lasting_s)
    return 0 <= number < times and since < lasting_s


def shaken(by_px: float, *, times: int, lasting_s: float = 0.4) -> Change:
    def change(luma: Picture, t: float) -> Picture:
        return moved(luma, by_px=by_px if pushed(t, times, lasting_s=lasting_s) else 0.0, only_the_leaf=True)

    return change


def shaking(change: Change, look: Look = USUAL, *, seen: tuple[Observation, ...] = (AT_THE_DOOR,)) -> list[int]:
    """How often the leaf was shaken lately, for each picture in which that is told."""
    detector = DoorDetector()
    watched(detector, film((LEARN_S, look)))
    frames = [
        replace(frame, luma=change(frame.luma, number / FPS))
        for number, frame in enumerate(film((WATCH_S, look), began=LEARN_S))
    ]
    said = watched(detector, frames, seen=seen)
    return [one.count for observations in said for one in observations if one.kind is Fact.LEAF_SHAKEN]


@pytest.mark.parametrize("by_px", [0.3, -0.3, 0.5, 1.0])
@pytest.mark.parametrize("look", [Look(), Look(noise=4.0), Look(light=0.4), Look(infrared=True)], ids=str)
def test_a_leaf_that_gives_three_times_is_shaken(by_px: float, look: Look) -> None:
    assert max(shaking(shaken(by_px, times=3), look), default=0) == 3


def test_each_further_time_is_counted() -> None:
    assert max(shaking(shaken(0.5, times=4)), default=0) == 4


def test_twice_may_be_an_accident() -> None:
    assert shaking(shaken(1.0, times=2)) == []


def test_a_leaf_hardly_moves_under_a_knock_or_a_ball() -> None:
    assert shaking(shaken(0.1, times=4)) == []


def test_nobody_shakes_a_leaf_that_nobody_stands_at() -> None:
    assert shaking(shaken(1.0, times=4), seen=()) == []
    elsewhere = replace(AT_THE_DOOR, where="B.03.14")
    assert shaking(shaken(1.0, times=4), seen=(elsewhere,)) == []


def test_whoever_leans_on_it_moves_it_for_longer() -> None:
    assert shaking(shaken(0.5, times=3, lasting_s=1.8)) == []


def test_a_leaf_that_moves_again_and_again_and_never_back_is_not_shaken() -> None:
    """In between the camera trembles, so that of where it was before it moved little is known."""

    def change(luma: Picture, t: float) -> Picture:
        number, frame = divmod(round(t * FPS), 16)
        there = moved(luma, by_px=0.5 * (number + (frame == 14)), only_the_leaf=True)
        return there if frame < 4 or frame == 14 else moved(there, by_px=1.0, only_the_leaf=False)

    assert shaking(change) == []


@pytest.mark.parametrize("by_px", [0.3, 0.5, 1.0, 2.0])
def test_a_camera_that_trembles_shakes_no_leaf(by_px: float) -> None:
    assert shaking(lambda luma, t: moved(luma, by_px=by_px if pushed(t, 4) else 0.0, only_the_leaf=False)) == []


def test_a_leaf_is_shaken_before_a_camera_that_trembles_a_little_too() -> None:
    def change(luma: Picture, t: float) -> Picture:
        trembling = moved(luma, by_px=0.15 if pushed(t, 3) else 0.0, only_the_leaf=False)
        return moved(trembling, by_px=0.5 if pushed(t, 3) else 0.0, only_the_leaf=True)

    assert max(shaking(change), default=0) == 3


@pytest.mark.parametrize("gain", [0.7, 0.9, 1.2])
def test_a_light_that_flickers_shakes_no_leaf(gain: float) -> None:
    def change(luma: Picture, t: float) -> Picture:
        return np.asarray(np.clip(luma * (gain if pushed(t, 4) else 1.0), 0, 255), np.uint8)

    assert shaking(change) == []


@pytest.mark.parametrize("dark", [0.4, 0.7])
def test_the_shadow_of_somebody_who_moves_shakes_no_leaf(dark: float) -> None:
    """It has upright edges, and reaches over two thirds of the leaf."""

    def change(luma: Picture, t: float) -> Picture:
        scale = luma.shape[1] / WIDTH_PX
        left = LEFT + (20 if pushed(t, 4) else 90)
        light = np.ones(luma.shape, np.float32)
        light[round((TOP + 150) * scale) : round(700 * scale), round(left * scale) : round((left + 80) * scale)] = dark
        return np.asarray(luma * cv2.GaussianBlur(light, (0, 0), 2.0), np.uint8)

    assert shaking(change) == []


def test_an_arm_of_somebody_not_found_shakes_no_leaf() -> None:
    def change(luma: Picture, t: float) -> Picture:
        scale = luma.shape[1] / WIDTH_PX
        covered = luma.copy()
        if pushed(t, 4):
            left, right = round((LEFT - 60) * scale), round((LEFT + 90) * scale)
            covered[round((TOP + 160) * scale) : round((TOP + 230) * scale), left:right] = 35
        return covered

    assert shaking(change) == []


def test_coarse_pictures_shake_no_leaf() -> None:
    """A stream with few bits renews its blocks now and then."""

    def change(luma: Picture, t: float) -> Picture:
        quality = 30 if pushed(t, 4) else 60
        return np.asarray(cv2.imdecode(cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8)

    assert shaking(change, Look(noise=3.0)) == []
