"""When a camera may sleep, and what wakes it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.drawn import CAMERA, NEIGHBOUR, SEALED, Look, film, picture
from vigilanza.detect.detector import Context, Detector
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.detect.sentry import CALM_S, REST_S, STILL_S, Sentry
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
PERSON = Observation(Fact.PERSON, 0.9, region=((0.4, 0.2), (0.5, 0.2), (0.5, 0.9), (0.4, 0.9)))
GOP_S = 2.0


class Scripted:
    """Says what it is set to."""

    def __init__(self, *says: Observation) -> None:
        self.says: tuple[Observation, ...] = says

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        return self.says


def pipeline(extra: Scripted | None = None) -> Pipeline:
    detectors: dict[str, Detector] = {"view": ViewDetector(), "people": extra or Scripted(), "door": DoorDetector()}
    return Pipeline(camera=CAMERA, doors=[SEALED, NEIGHBOUR], detectors=detectors, policy=Policy())


def show(one: Pipeline, *looks: tuple[float, Look], began: float = 0.0) -> float:
    """Analyse a film; when it ended, in its own seconds."""
    for frame in film(*looks, began=began, size_px=SIZE_PX):
        one.process(frame)
    return began + sum(seconds for seconds, _ in looks)


def asleep() -> tuple[Pipeline, float]:
    one = pipeline()
    return one, show(one, (3 * CALM_S, Look()))


def test_a_door_that_was_learned_and_left_alone_may_be_slept_over() -> None:
    one = pipeline()
    ended = show(one, (CALM_S, Look()))
    assert not one.sentry.may_sleep
    show(one, (CALM_S, Look()), began=ended)
    assert one.sentry.may_sleep


def test_nothing_seen_yet_is_no_reason_to_sleep() -> None:
    assert not Sentry([SEALED]).may_sleep


@pytest.mark.parametrize("look", [Look(person=0.47), Look(light=0.4), Look(opened=True), Look(bag=True)], ids=str)
def test_what_changes_keeps_it_awake(look: Look) -> None:
    one, ended = asleep()
    show(one, (1.0, look), began=ended)
    assert not one.sentry.may_sleep


def test_somebody_who_stands_still_keeps_it_awake() -> None:
    people = Scripted(PERSON)
    one = pipeline(people)
    ended = show(one, (3 * CALM_S, Look()))
    assert not one.sentry.may_sleep
    people.says = ()
    show(one, (CALM_S + 4.0, Look()), began=ended)
    assert one.sentry.may_sleep


def slept() -> tuple[Pipeline, float]:
    """As a camera is that looked at two key frames asleep, and was woken."""
    one, ended = asleep()
    for turn in range(2):
        frame = picture(at=ended + turn * GOP_S, size_px=SIZE_PX)
        assert not one.sentry.wakes(frame)
        one.process(frame)
    return one, show(one, (1.0, Look()), began=ended + GOP_S + 0.2)


def rest(one: Pipeline, began: float, look: Look) -> float:
    """How long it takes until it may sleep, in seconds."""
    frames = film((3 * CALM_S, look), began=began, size_px=SIZE_PX)
    for frame in frames:
        one.process(frame)
        if one.sentry.may_sleep:
            return frame.at - frames[0].at
    raise AssertionError("never")


def test_after_somebody_passed_it_sleeps_soon_as_all_is_as_it_was() -> None:
    one, ended = slept()
    ended = show(one, (10.0, Look(person=0.47)), began=ended)
    assert rest(one, ended, Look()) == pytest.approx(REST_S, abs=1.0)


@pytest.mark.parametrize("look", [Look(person=0.47), Look(bag=True), Look(unsealed=True)], ids=str)
def test_what_keeps_still_and_is_not_found_keeps_it_awake_no_longer_but_the_next_key_frame_wakes_it(look: Look) -> None:
    one, ended = slept()
    began = show(one, (2.0, Look(person=0.47)), began=ended)
    slept_at = began + rest(one, began, look)
    assert slept_at - began < CALM_S
    assert one.sentry.wakes(picture(look, at=slept_at + GOP_S, size_px=SIZE_PX))


def test_a_light_is_looked_at_until_it_is_learned() -> None:
    one, ended = slept()
    assert rest(one, ended, Look(light=0.6)) >= CALM_S


def test_after_a_loss_all_is_looked_at_for_longer_though_it_seems_the_same() -> None:
    one, ended = slept()
    one.lose(picture(at=ended + 1.0).at)
    assert rest(one, ended + 5.0, Look()) >= CALM_S


def test_an_open_incident_keeps_it_awake() -> None:
    one, ended = asleep()
    show(one, (4 * CALM_S, Look(opened=True)), began=ended)
    assert not one.sentry.may_sleep


def test_after_a_loss_it_is_awake_until_all_is_known_again() -> None:
    one, ended = asleep()
    one.lose(picture(Look(), at=ended + 1.0).at)
    assert not one.sentry.may_sleep
    show(one, (4.0, Look()), began=ended + 5.0)
    assert not one.sentry.may_sleep


@pytest.mark.parametrize(
    "look",
    [Look(person=0.47), Look(person=0.62), Look(light=0.4), Look(opened=True), Look(covered=True), Look(infrared=True)],
    ids=str,
)
def test_a_key_frame_that_differs_wakes(look: Look) -> None:
    sentry = Sentry([SEALED])
    for turn in range(6):
        assert not sentry.wakes(picture(at=turn * GOP_S, size_px=SIZE_PX))
    assert sentry.wakes(picture(look, at=6 * GOP_S, size_px=SIZE_PX))


@pytest.mark.parametrize("noise", [1.5, 3.0])
def test_noise_does_not(noise: float) -> None:
    sentry = Sentry([SEALED])
    assert not any(sentry.wakes(picture(Look(noise=noise), at=turn * GOP_S, size_px=SIZE_PX)) for turn in range(40))


def test_dusk_does_not() -> None:
    sentry = Sentry([SEALED])
    looks = (Look(light=1.0 - turn / 400) for turn in range(200))
    woken = [sentry.wakes(picture(look, at=turn * GOP_S, size_px=SIZE_PX)) for turn, look in enumerate(looks)]
    assert not any(woken)


def test_a_picture_that_does_not_change_at_all_wakes_because_it_may_be_frozen() -> None:
    sentry = Sentry([SEALED])
    frame = picture(size_px=SIZE_PX)
    still = [replace(frame, at=frame.at + turn * GOP_S) for turn in range(int(STILL_S / GOP_S) + 1)]
    assert [sentry.wakes(one) for one in still] == [*[False] * (len(still) - 1), True]


def test_a_camera_that_watches_no_door_is_woken_by_what_fills_its_view_only() -> None:
    sentry = Sentry([NEIGHBOUR])
    assert not sentry.wakes(picture(at=0.0, size_px=SIZE_PX))
    assert not sentry.wakes(picture(Look(unsealed=True), at=2.0, size_px=SIZE_PX))
    assert sentry.wakes(picture(Look(covered=True), at=4.0, size_px=SIZE_PX))
