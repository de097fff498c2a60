"""What counts as right and as in time in an exercise, and what it plays."""

from collections import Counter
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from tests import truths
from tests.practised import recording
from vigilanza.domain.decision import CONFIRMING_AVS, Decision, RejectReason
from vigilanza.domain.exercise import DECIDE_WITHIN_S, SEE_WITHIN_S, Happened, Lesson, Standing
from vigilanza.lab.curriculum import EVERY_S, FIRST_S, MOST, Scene, draw
from vigilanza.lab.truth import KnownRecording

BEGAN = 1000.0
VISIT = {
    "order": {"id": "WO-1", "door": "S", "people": 1, "t_from": 0, "t_to": 60},
    "alarm_without_order": [truths.window(5, 10)],
}


def lesson(happened: Happened, *, avs: int | None, seen: float | None = 10.0, decided: float | None = 20.0) -> Lesson:
    incident = uuid4()
    reason = RejectReason.OTHER if avs is None else None
    decision = None if decided is None else Decision(incident, "m.rossi", BEGAN + decided, avs, reason)
    seen_at = None if seen is None else BEGAN + seen
    return Lesson(incident, "esercitazione-1", None, "night", happened, BEGAN, seen_at, decision)


@pytest.mark.parametrize(
    ("happened", "right"),
    [
        (Happened.FORCED_ENTRY, {1, 2, 3, 4}),
        (Happened.CAMERA_ATTACK, {1, 2, 3, 4}),
        (Happened.VISIT, {None, 1, 2}),
        (Happened.NOTHING, {None}),
    ],
)
def test_which_decisions_are_right(happened: Happened, right: set[int | None]) -> None:
    assert {avs for avs in (None, *CONFIRMING_AVS) if lesson(happened, avs=avs).right} == right
    assert not lesson(happened, avs=None, decided=None).right


@pytest.mark.parametrize(
    ("seen", "decided", "in_time"),
    [
        (SEE_WITHIN_S, DECIDE_WITHIN_S, True),
        (SEE_WITHIN_S + 0.1, DECIDE_WITHIN_S, False),
        (SEE_WITHIN_S, DECIDE_WITHIN_S + 0.1, False),
        (None, 20.0, False),
        (10.0, None, False),
    ],
)
def test_what_is_in_time(seen: float | None, decided: float | None, in_time: bool) -> None:
    one = lesson(Happened.FORCED_ENTRY, avs=3, seen=seen, decided=decided)
    assert (one.in_time, one.passed) == (in_time, in_time)


def test_the_score_is_of_what_was_right_and_in_time() -> None:
    passed = lesson(Happened.NOTHING, avs=None)
    late = lesson(Happened.NOTHING, avs=None, seen=70.0)
    wrong = lesson(Happened.NOTHING, avs=3)
    standing = Standing(begun=True, clips=3, played=3, unraised=0, faults=0, over=True)
    assert standing.percent is None
    assert Standing(True, 3, 3, 0, 0, True, [passed, late, wrong]).percent == 33


@pytest.mark.parametrize(
    ("changes", "at_door", "at_camera"),
    [
        ({}, Happened.NOTHING, Happened.NOTHING),
        ({"alarm": [truths.window(5, 40)]}, Happened.FORCED_ENTRY, Happened.FORCED_ENTRY),
        ({"alarm": [truths.window(5, 40, kind="seal_removed")]}, Happened.FORCED_ENTRY, Happened.FORCED_ENTRY),
        ({"alarm": [truths.window(5, 40, door="N0")]}, Happened.NOTHING, Happened.FORCED_ENTRY),
        (
            {"alarm": [truths.window(5, 40, kind="camera_tamper", door=None)]},
            Happened.CAMERA_ATTACK,
            Happened.CAMERA_ATTACK,
        ),
        ({"authorised_visit": VISIT}, Happened.VISIT, Happened.VISIT),
    ],
)
def test_what_is_true_about_an_incident(
    tmp_path: Path, changes: dict[str, object], at_door: Happened, at_camera: Happened
) -> None:
    scene = Scene("esercitazione-1", recording(tmp_path, **changes), None, 0.0)
    assert scene.happened("esercitazione-1.S") is at_door
    assert scene.happened(None) is at_camera


def recordings(folder: Path, *, loud: int, quiet: int) -> list[KnownRecording]:
    """So many, of which some want an alarm; each of these has a main stream beside it."""
    found = []
    for number in range(loud):
        clip, alarm = f"loud-{number}", [truths.window(5, 40)]
        found.append(recording(folder / clip, clip=clip, alarm=alarm, pair=f"{clip}-main"))
        main = {"clip": f"{clip}-main", "alarm": alarm, "stream": "main", "pair": clip}
        found.append(recording(folder / f"{clip}-main", **main))
    return found + [recording(folder / f"quiet-{number}", clip=f"quiet-{number}") for number in range(quiet)]


@pytest.mark.parametrize(("loud", "quiet", "drawn"), [(20, 20, 4), (20, 2, 6), (2, 20, 2), (3, 4, 3), (1, 0, 1)])
def test_half_of_what_is_drawn_wants_an_alarm_if_there_is_enough(
    tmp_path: Path, loud: int, quiet: int, drawn: int
) -> None:
    scenes = draw(recordings(tmp_path, loud=loud, quiet=quiet), Random(1), prefix="x")
    assert Counter(scene.wanted for scene in scenes)[True] == drawn
    assert len(scenes) == min(MOST, loud + quiet)
    assert all((scene.main is not None) == scene.wanted for scene in scenes)
    assert [scene.after for scene in scenes] == [FIRST_S + place * EVERY_S for place in range(len(scenes))]


def test_neither_names_nor_order_tell_what_comes(tmp_path: Path) -> None:
    known = recordings(tmp_path, loud=6, quiet=6)
    drawn = [draw(known, Random(seed), prefix="x") for seed in range(50)]
    assert len({scene.wanted for scenes in drawn for scene in scenes[:1]}) == 2
    assert len({next(scene.wanted for scene in scenes if scene.camera == "x-1") for scenes in drawn}) == 2
    assert len({scenes[0].camera for scenes in drawn}) > 2
