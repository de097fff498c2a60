"""In the dark, who finds people is shown plainly what differs from the empty place; elsewhere the picture as it is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.drawn import Look, film, picture, watched
from vigilanza.detect.dusk import APART_S, KNOWN_S, Dusk
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.domain.frame import Frame

WINDOW: Window = (40, 20, 600, 340)
DARK = Look(light=0.25, noise=6.0)
SOMEBODY = replace(DARK, person=0.48)
BODY = np.s_[150:300, 290:325]
"""Where somebody stands, in pixels; ASIDE is the wall beside."""
ASIDE = np.s_[60:300, 420:440]


def followed(dusk: Dusk, frames: Sequence[Frame], *, lit_at: int | None = None) -> Dusk:
    for number, frame in enumerate(frames):
        dusk.follow(frame, WINDOW, lit=number == lit_at)
    return dusk


def mean_change(shown: Frame, empty: Look, part: tuple[slice, slice]) -> float:
    """Grey levels, of a part of the picture, from the empty place without noise."""
    bare = picture(replace(empty, noise=0.0)).luma[part].astype(np.float32)
    return abs(float(shown.luma[part].mean()) - float(bare.mean()))


class Eyes:
    """Somebody who takes down what is shown and finds nobody."""

    def __init__(self) -> None:
        self.shown: list[Frame] = []

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        self.shown.append(frame)
        return []


@pytest.mark.parametrize(("empty", "plainly"), [(DARK, True), (Look(noise=6.0), False)], ids=["dark", "bright"])
def test_whoever_finds_people_is_shown_dark_places_plainly(empty: Look, plainly: bool) -> None:
    eyes, frames = Eyes(), film((6.0, empty), (1.0, replace(empty, person=0.48)))
    watched(PeopleWatch(people=eyes), frames)
    last = eyes.shown[-1]
    taken = next(frame for frame in frames if frame.at == last.at)
    assert (last is not taken) is plainly
    assert (mean_change(last, empty, BODY) > 1.4 * mean_change(taken, empty, BODY)) is plainly


def test_what_differs_is_shown_three_times_as_strongly_and_noise_is_not() -> None:
    dusk = followed(Dusk(), film((6.0, DARK)))
    frame = picture(SOMEBODY, at=6.0)
    shown = dusk.plain(frame, WINDOW)
    assert mean_change(shown, DARK, BODY) > 1.4 * mean_change(frame, DARK, BODY)
    assert shown.luma[ASIDE].std() < 0.6 * frame.luma[ASIDE].std()
    assert (shown.at, shown.camera) == (frame.at, frame.camera)
    assert (shown.luma[:20] == frame.luma[:20]).all()


def test_a_place_with_light_is_shown_as_it_is() -> None:
    bright = Look()
    dusk = followed(Dusk(), film((6.0, bright)))
    frame = picture(replace(bright, person=0.48), at=6.0)
    assert dusk.plain(frame, WINDOW) is frame


@pytest.mark.parametrize(
    ("seconds", "window"), [(KNOWN_S - 0.4, WINDOW), (6.0, (0, 0, 640, 360))], ids=["too soon", "elsewhere"]
)
def test_a_place_that_is_not_known_yet_is_shown_as_it_is(seconds: float, window: Window) -> None:
    dusk = followed(Dusk(), film((seconds, DARK)))
    frame = picture(SOMEBODY, at=seconds)
    assert dusk.plain(frame, window) is frame


def test_after_another_light_the_place_is_known_anew() -> None:
    dusk = followed(Dusk(), film((6.0, DARK)), lit_at=28)
    frame = picture(SOMEBODY, at=6.0)
    assert dusk.plain(frame, WINDOW) is frame
    darker = replace(DARK, light=0.2)
    after = followed(dusk, film((6.0, darker), began=6.0), lit_at=0)
    shown = after.plain(picture(darker, at=12.0), WINDOW)
    assert mean_change(shown, darker, BODY) < 2.0


def test_whoever_stands_still_for_long_does_not_become_part_of_the_place() -> None:
    dusk = followed(Dusk(), film((6.0, DARK), (APART_S / 2, SOMEBODY)))
    frame = picture(SOMEBODY, at=6.0 + APART_S / 2)
    assert mean_change(dusk.plain(frame, WINDOW), DARK, BODY) > 1.2 * mean_change(frame, DARK, BODY)


def test_a_lamp_that_fades_slowly_is_nobody() -> None:
    fading = [(1.0, replace(DARK, light=0.25 - 0.004 * number)) for number in range(20)]
    dusk = followed(Dusk(), film((6.0, DARK), *fading))
    last = fading[-1][1]
    assert mean_change(dusk.plain(picture(last, at=26.0), WINDOW), last, BODY) < 3.0
