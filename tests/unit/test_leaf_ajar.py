"""A leaf turned a little about one of its edges is ajar, and never learned as sealed; what only looks alike is not."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.drawn import BOTTOM, FPS, HEIGHT_PX, LEFT, RIGHT, TOP, WIDTH_PX, Look, facts, film, watched
from tests.unit.test_leaf_shaken import moved
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.geometry import Picture
from vigilanza.domain.observation import Fact, Observation

LEARN_S, WATCH_S = 12.0, 6.0
FOCAL_PX = 1150.0
"""Of the lens that draws, in pixels of the drawing: a longer one than the detector takes for usual."""
INSIDE = 22
USUAL = Look()
OPEN = {Fact.LEAF_AJAR, Fact.LEAF_CHANGED}
Change = Callable[[Picture, float], Picture]
"""What is done to a picture taken so many seconds after the door was learned."""


def turned(luma: Picture, degrees: float, *, hinge: str = "left") -> Picture:
    """The leaf opened inwards, as a lens in the middle of the picture shows it; the flat behind it is dark."""
    away_m, angle = FOCAL_PX * 0.9 / (RIGHT - LEFT), np.radians(degrees)
    closed = np.array([(LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM)], np.float64)
    middle = np.array([WIDTH_PX / 2, HEIGHT_PX / 2])
    metres = (closed - middle) * away_m / FOCAL_PX
    axis = metres[0, 0] if hinge == "left" else metres[1, 0]
    off = metres[:, 0] - axis
    depth = away_m + np.abs(off) * np.sin(angle)
    seen = np.stack([axis + off * np.cos(angle), metres[:, 1]], axis=1) * FOCAL_PX / depth[:, None] + middle
    scale = luma.shape[1] / WIDTH_PX
    warp = cv2.getPerspectiveTransform((closed * scale).astype(np.float32), (seen * scale).astype(np.float32))
    leaf = cv2.warpPerspective(luma, warp, luma.shape[::-1])
    doorway, covered = np.zeros_like(luma), np.zeros_like(luma)
    cv2.fillConvexPoly(doorway, np.rint(closed * scale).astype(np.int32), 1)
    cv2.fillConvexPoly(covered, np.rint(seen * scale).astype(np.int32), 1)
    opened = np.where(doorway > 0, INSIDE, luma)
    return np.asarray(np.where((covered & doorway) > 0, leaf, opened), np.uint8)


def watching(change: Change, look: Look = USUAL, *, seconds: float = WATCH_S) -> list[list[Observation]]:
    """What is said after the door was learned."""
    detector = DoorDetector()
    watched(detector, film((LEARN_S, look)))
    frames = film((seconds, look), began=LEARN_S)
    changed = [replace(frame, luma=change(frame.luma, number / FPS)) for number, frame in enumerate(frames)]
    return watched(detector, changed)


@pytest.mark.parametrize(("hinge", "degrees"), [("left", 20.0), ("right", 15.0), ("right", 20.0), ("left", 30.0)])
@pytest.mark.parametrize("look", [Look(), Look(noise=4.0), Look(light=0.4), Look(infrared=True)], ids=str)
def test_a_leaf_that_is_turned_is_ajar_or_changed(look: Look, hinge: str, degrees: float) -> None:
    said = watching(lambda luma, t: turned(luma, degrees, hinge=hinge), look)
    assert facts(said[-10:]) <= OPEN


def test_a_leaf_of_which_hardly_anything_differs_is_ajar() -> None:
    """It is seen straight on from afar, with a twentieth of its cells unlike the reference."""
    assert facts(watching(lambda luma, t: turned(luma, 15.0, hinge="right"))[-10:]) == {Fact.LEAF_AJAR}


def test_a_door_that_is_left_ajar_is_never_learned() -> None:
    said = watching(lambda luma, t: turned(luma, 15.0, hinge="right"), seconds=40.0)
    assert facts(said[10:]) == {Fact.LEAF_AJAR}


def test_a_door_that_creeps_open_is_told() -> None:
    said = watching(lambda luma, t: turned(luma, 0.6 * t, hinge="right"), seconds=40.0)
    assert facts(said[-25:]) <= OPEN


@pytest.mark.parametrize(("closes", "told"), [(True, False), (False, True)])
def test_another_light_makes_of_a_leaf_that_was_ajar_neither_a_sealed_nor_an_ajar_one(closes: bool, told: bool) -> None:
    detector = DoorDetector()
    watched(detector, film((LEARN_S, USUAL)))
    ajar = film((1.6, USUAL), (20.0, Look(infrared=True)), began=LEARN_S)
    degrees = [15.0 if frame.at < LEARN_S + 1.6 or not closes else 0.0 for frame in ajar]
    turns = zip(ajar, degrees, strict=True)
    said = watched(
        detector,
        [
            replace(frame, luma=turned(frame.luma, angle, hinge="right") if angle else frame.luma)
            for frame, angle in turns
        ],
    )
    assert facts(said[-10:]) == ({Fact.LEAF_AJAR} if told else {Fact.LEAF_SEALED})


def test_a_leaf_closed_again_is_sealed() -> None:
    said = watching(lambda luma, t: turned(luma, 15.0 if t < 5 else 0.0, hinge="right"), seconds=12.0)
    assert Fact.LEAF_AJAR in facts(said[:25])
    assert facts(said[-10:]) == {Fact.LEAF_SEALED}


@pytest.mark.parametrize("by_px", [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
def test_a_camera_that_was_pushed_leaves_no_leaf_ajar(by_px: float) -> None:
    said = watching(lambda luma, t: moved(luma, by_px=by_px, only_the_leaf=False))
    assert Fact.LEAF_AJAR not in facts(said)


@pytest.mark.parametrize("look", [Look(light=0.5), Look(infrared=True), Look(lit_from=0.6), Look(noise=4.0)], ids=str)
def test_another_light_leaves_no_leaf_ajar(look: Look) -> None:
    detector = DoorDetector()
    said = watched(detector, film((LEARN_S, Look()), (20.0, look), (5.0, Look())))
    assert Fact.LEAF_AJAR not in facts(said)


def over(left: int, top: int, right: int, bottom: int, *, light: float = 1.0, grey: float = 0.0) -> Change:
    """Pixels of the drawing times `light`, plus `grey`."""

    def change(luma: Picture, t: float) -> Picture:
        scale = luma.shape[1] / WIDTH_PX
        part = np.zeros(luma.shape, np.float32)
        part[round(top * scale) : round(bottom * scale), round(left * scale) : round(right * scale)] = 1.0
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), 1.0), np.float32)
        return np.asarray(luma * (1 - part * (1 - light)) + part * grey, np.uint8)

    return change


@pytest.mark.parametrize(
    "change",
    [
        over(RIGHT - 30, TOP, RIGHT, BOTTOM, light=0.0, grey=24.0),
        over(LEFT, TOP, LEFT + 40, BOTTOM, light=0.35),
        over(LEFT - 300, 0, LEFT + 60, HEIGHT_PX, light=0.3),
        over(RIGHT - 40, TOP + 120, RIGHT + 60, 700, light=0.0, grey=32.0),
        over(LEFT, TOP + 100, LEFT + 60, TOP + 180, light=0.0, grey=220.0),
        over(RIGHT - 60, BOTTOM - 110, RIGHT + 40, BOTTOM + 40, light=0.0, grey=30.0),
    ],
    ids=["dark strip", "shadow of the frame", "shadow from aside", "somebody not found", "notice", "bag"],
)
def test_what_is_dark_at_an_edge_of_the_leaf_does_not_turn_it(change: Change) -> None:
    assert Fact.LEAF_AJAR not in facts(watching(change))


def test_an_opened_leaf_has_changed_and_is_not_ajar() -> None:
    said = watched(DoorDetector(), film((LEARN_S, Look()), (10.0, Look(opened=True))))
    assert facts(said[-30:]) == {Fact.LEAF_CHANGED}
