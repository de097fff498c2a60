"""A sealed door is compared with its sealed reference, whatever the light and whoever stands before it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.drawn import (
    BEGAN,
    BOTTOM,
    FLOOR,
    FPS,
    HEIGHT_PX,
    LEFT,
    NEIGHBOUR,
    RIGHT,
    SEALED,
    TOP,
    Look,
    facts,
    film,
    in_picture,
    watched,
)
from vigilanza.detect.door import DoorDetector
from vigilanza.domain.door import Door, Role
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
LEARNED = (12.0, Look())
CHANGED = {Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN}
BEFORE_THE_LEAF = Observation(
    Fact.PERSON, 0.8, region=in_picture((LEFT - 20, TOP + 60), (RIGHT, TOP + 60), (RIGHT, 700), (LEFT - 20, 700))
)


def look_at(*looks: tuple[float, Look], size_px: tuple[int, int] = SIZE_PX) -> set[Fact]:
    """All that is said after the door was learned."""
    frames = film(LEARNED, *looks, size_px=size_px)
    said = watched(DoorDetector(), frames)
    return facts(said[60:])


def test_a_sealed_leaf_is_said_to_be_sealed_and_only_of_sealed_doors() -> None:
    said = watched(DoorDetector(), film((20.0, Look()), size_px=SIZE_PX))
    assert facts(said) == {Fact.LEAF_SEALED}
    assert {observation.where for observations in said for observation in observations} == {SEALED.id}
    assert all(said[15:])


def test_an_opened_leaf_has_changed_and_stays_so() -> None:
    frames = film(LEARNED, (60.0, Look(opened=True)), size_px=SIZE_PX)
    said = watched(DoorDetector(), frames)
    assert not CHANGED & facts(said[:60])
    settled = said[60 + 50 :]
    assert all(CHANGED & facts([observations]) for observations in settled)


def test_a_leaf_closed_and_sealed_again_is_sealed() -> None:
    assert facts(
        watched(DoorDetector(), film(LEARNED, (20.0, Look(opened=True)), (20.0, Look()), size_px=SIZE_PX))[-25:]
    ) == {Fact.LEAF_SEALED}


@pytest.mark.parametrize(
    "look",
    [
        Look(light=0.5),
        Look(light=0.3),
        Look(light=1.15),
        Look(infrared=True),
        Look(lit_from=0.6),
        Look(light=0.6, lit_from=0.4),
        Look(noise=4.0),
    ],
    ids=str,
)
def test_another_light_never_changes_a_leaf(look: Look) -> None:
    said = look_at((25.0, look), (15.0, Look()), (10.0, look))
    assert not CHANGED & said
    assert Fact.LEAF_SEALED in said


@pytest.mark.parametrize("look", [Look(light=0.4), Look(infrared=True)], ids=str)
def test_a_leaf_opened_in_another_light_has_changed(look: Look) -> None:
    opened = Look(light=look.light, infrared=look.infrared, opened=True)
    assert Fact.LEAF_CHANGED in look_at((25.0, look), (15.0, opened))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(12.0, Look(light=0.4))], Look()),
        ([(12.0, Look(light=0.4)), (2.0, Look())], Look()),
        ([(12.0, Look()), (12.0, Look(infrared=True)), (12.0, Look())], Look(infrared=True)),
    ],
    ids=["as a lamp goes on", "just after a lamp goes on", "as infrared goes on once more"],
)
def test_a_leaf_opened_when_a_light_is_switched_has_changed(before: list[tuple[float, Look]], after: Look) -> None:
    said = watched(DoorDetector(), film(*before, (30.0, replace(after, opened=True)), size_px=SIZE_PX))
    assert CHANGED & facts(said)
    assert Fact.LEAF_SEALED not in facts(said[-50:])


def test_a_small_thing_left_at_the_foot_does_not_change_a_leaf() -> None:
    assert not CHANGED & look_at((60.0, Look(bag=True)))


def test_a_leaf_taken_off_and_laid_on_the_floor_has_changed() -> None:
    assert CHANGED & look_at((3.0, Look(board=True)), (60.0, Look(opened=True, board=True)))
    assert CHANGED & look_at((60.0, Look(opened=True, board=True)))


def test_whoever_stands_before_the_leaf_hides_it_and_does_not_change_it() -> None:
    detector = DoorDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    passing = film((20.0, Look(person=0.48)), began=12.0, size_px=SIZE_PX)
    assert not CHANGED & facts(watched(detector, passing, seen=[BEFORE_THE_LEAF]))
    after = facts(watched(detector, film((10.0, Look()), began=32.0, size_px=SIZE_PX)))
    assert not CHANGED & after
    assert Fact.LEAF_SEALED in after


def test_a_leaf_opened_behind_somebody_is_seen_once_they_are_gone() -> None:
    detector = DoorDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    at_work = film((20.0, Look(person=0.48, opened=True)), began=12.0, size_px=SIZE_PX)
    watched(detector, at_work, seen=[BEFORE_THE_LEAF])
    after = watched(detector, film((10.0, Look(opened=True)), began=32.0, size_px=SIZE_PX))
    assert Fact.LEAF_CHANGED in facts(after[-10:])
    assert Fact.LEAF_SEALED not in facts(after)


def test_of_a_blind_picture_nothing_is_said() -> None:
    detector = DoorDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    for fact in (Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DARK, Fact.VIEW_FROZEN, Fact.VIEW_DEFOCUSED):
        covered = film((2.0, Look(covered=True)), began=12.0, size_px=SIZE_PX)
        assert facts(watched(detector, covered, seen=[Observation(fact, 1.0)])) == set()


def test_the_reference_survives_a_restart(tmp_path: Path) -> None:
    watched(DoorDetector(state=tmp_path), film(LEARNED, size_px=SIZE_PX))
    opened = film((60.0, Look(opened=True)), began=3600.0, size_px=SIZE_PX)
    said = watched(DoorDetector(state=tmp_path), opened)
    assert Fact.LEAF_CHANGED in facts(said[:25])
    assert Fact.LEAF_SEALED not in facts(said)
    again = watched(DoorDetector(state=tmp_path), film((5.0, Look(opened=True)), began=7200.0, size_px=SIZE_PX))
    assert Fact.LEAF_CHANGED in facts(again)
    sealed = watched(DoorDetector(state=tmp_path), film((10.0, Look()), began=9000.0, size_px=SIZE_PX))
    assert facts(sealed) == {Fact.LEAF_SEALED}


def in_spite_of_errors(
    detector: DoorDetector, frames: list[Frame], doors: list[Door]
) -> tuple[list[list[Observation]], int]:
    """What is said, and how many pictures ended in a DetectorError."""
    said: list[list[Observation]] = []
    errors = 0
    for frame in frames:
        try:
            said += watched(detector, [frame], doors=doors)
        except DetectorError:
            errors += 1
    return said, errors


def test_a_damaged_reference_is_said_and_not_learned_over(tmp_path: Path) -> None:
    watched(DoorDetector(state=tmp_path), film(LEARNED, size_px=SIZE_PX))
    (kept,) = tmp_path.iterdir()
    kept.write_text("damaged", "utf-8")
    opened = film((10.0, Look(opened=True)), size_px=SIZE_PX)
    said, errors = in_spite_of_errors(DoorDetector(state=tmp_path), opened, [SEALED])
    assert errors
    assert facts(said) == set()
    assert kept.read_text("utf-8") == "damaged"


def test_a_reference_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder", "utf-8")
    with pytest.raises(DetectorError):
        watched(DoorDetector(state=tmp_path / "taken"), film(LEARNED, size_px=SIZE_PX))


def test_one_damaged_reference_does_not_blind_the_other_doors(tmp_path: Path) -> None:
    other = Door("B.03.14", Role.SEALED, NEIGHBOUR.leaf, FLOOR)
    watched(DoorDetector(state=tmp_path), film(LEARNED, size_px=SIZE_PX), doors=[SEALED, other])
    next(path for path in tmp_path.iterdir() if SEALED.id in path.name).write_text("damaged", "utf-8")
    usual = film((10.0, Look()), size_px=SIZE_PX)
    said, errors = in_spite_of_errors(DoorDetector(state=tmp_path), usual, [SEALED, other])
    assert errors
    assert {observation.where for observations in said for observation in observations} == {other.id}
    assert facts(said) == {Fact.LEAF_SEALED}


def test_pictures_of_another_size_do_not_change_a_leaf() -> None:
    detector = DoorDetector()
    watched(detector, film(LEARNED, size_px=(640, 360)))
    after = watched(detector, film((20.0, Look()), began=13.0, size_px=(320, 180)))
    assert not CHANGED & facts(after)
    assert Fact.LEAF_SEALED in facts(after)


@pytest.mark.parametrize("cut", [(0.0, 0.4), (0.4, 0.0)], ids=["left", "top"])
def test_a_leaf_clipped_by_the_edge_of_the_picture_is_watched(cut: tuple[float, float]) -> None:
    top, left = cut
    upper, before = TOP + top * (BOTTOM - TOP), LEFT + left * (RIGHT - LEFT)
    leaf = in_picture((before, upper + 20), (before + 20, upper), (RIGHT, upper), (RIGHT, BOTTOM), (before, BOTTOM))
    door = Door("clipped", Role.SEALED, leaf)
    said = watched(DoorDetector(), film(LEARNED, (12.0, Look(opened=True)), size_px=SIZE_PX), doors=[door])
    assert facts(said[:60]) == {Fact.LEAF_SEALED}
    assert Fact.LEAF_CHANGED in facts(said[60:])


def test_what_a_mask_covers_is_neither_kept_nor_compared(tmp_path: Path) -> None:
    middle = (TOP + BOTTOM) / 2
    upper = in_picture((LEFT, TOP), (RIGHT, TOP), (RIGHT, middle), (LEFT, middle))
    detector = DoorDetector(state=tmp_path, masks=[upper])
    watched(detector, film(LEARNED, size_px=SIZE_PX))
    (path,) = tmp_path.glob("door-*.npz")
    with np.load(path) as kept:
        planes = kept["planes"]
    assert np.ptp(planes[:, 20:60, 20:50]) == 0
    assert np.ptp(planes[:, 80:120, 20:50]) > 20


def test_a_leaf_that_is_all_masked_says_nothing_of_itself() -> None:
    said = watched(DoorDetector(masks=[SEALED.leaf]), film(LEARNED, (20.0, Look(opened=True)), size_px=SIZE_PX))
    assert not CHANGED & facts(said)


def opened_to(part: float, frames: list[Frame]) -> list[Frame]:
    """The same pictures, with the upper part of the leaf (0..1 of its height) as if the door were open."""
    opened = film((len(frames) / FPS, Look(opened=True)), began=frames[0].at - BEGAN)
    row = round((TOP + part * (BOTTOM - TOP)) / HEIGHT_PX * frames[0].luma.shape[0])
    lumas = [np.vstack([other.luma[:row], frame.luma[row:]]) for frame, other in zip(frames, opened, strict=True)]
    return [replace(frame, luma=luma) for frame, luma in zip(frames, lumas, strict=True)]


def test_what_is_too_little_to_begin_with_is_enough_while_the_leaf_differs() -> None:
    frames = film((20.0, Look()))
    sealed, wide, little = frames[:40], opened_to(0.9, frames[40:60]), opened_to(0.53, frames[60:80])
    assert facts(watched(DoorDetector(), sealed + little)[-10:]) == {Fact.LEAF_PARTLY_CHANGED}
    assert facts(watched(DoorDetector(), sealed + wide + little)[-10:]) == {Fact.LEAF_CHANGED}
    assert facts(watched(DoorDetector(), sealed + wide + frames[80:])[-10:]) == {Fact.LEAF_SEALED}
