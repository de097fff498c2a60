"""What a camera's messages mean: which change something, and when silence means that something is over."""

import pytest

from vigilanza.capture.camera_event import LEVELS_MAX, CameraEvent, CameraLevels, EventKind

MOTION, TAMPER, CONTACT = EventKind.MOTION, EventKind.TAMPER, EventKind.DIGITAL_INPUT


def told(levels: CameraLevels, kind: EventKind, active: bool, now: float, *, changed: bool = True) -> bool:
    return levels.take(kind, "a", active, changed=changed, at=1000.0 + now, now=now) is not None


def test_only_changes_are_told_and_the_first_state_is_one() -> None:
    levels = CameraLevels()
    first = levels.take(CONTACT, "in1", False, changed=False, at=5.0, now=0.0)
    assert first == CameraEvent(CONTACT, "in1", False, 5.0)
    assert not levels.take(CONTACT, "in1", False, changed=True, at=6.0, now=1.0)
    assert levels.take(CONTACT, "in1", True, changed=True, at=7.0, now=2.0) == CameraEvent(CONTACT, "in1", True, 7.0)
    assert levels.take(CONTACT, "in2", True, changed=True, at=8.0, now=3.0) == CameraEvent(CONTACT, "in2", True, 8.0)


@pytest.mark.parametrize(("kind", "after"), [(MOTION, 30.0), (TAMPER, 60.0)])
def test_what_a_camera_never_ends_ends_by_silence(kind: EventKind, after: float) -> None:
    levels = CameraLevels()
    assert told(levels, kind, True, 0.0)
    assert not told(levels, kind, True, 20.0), "repeated: no change, but heard"
    assert levels.expire(at=0.0, now=20.0 + after - 0.1) == []
    assert levels.expire(at=9.0, now=20.0 + after) == [CameraEvent(kind, "a", False, 9.0, assumed=True)]
    assert levels.expire(at=9.0, now=1000.0) == []
    assert told(levels, kind, True, 1001.0), "it can begin again"


def test_a_contact_is_never_guessed() -> None:
    levels = CameraLevels()
    assert told(levels, CONTACT, True, 0.0)
    assert levels.expire(at=0.0, now=1e6) == []


def test_who_says_when_it_is_over_is_waited_for() -> None:
    levels = CameraLevels()
    for now, active in ((0.0, True), (5.0, False), (10.0, True)):
        assert told(levels, TAMPER, active, now)
    assert levels.expire(at=0.0, now=5000.0) == []
    assert told(levels, TAMPER, False, 5001.0)


def test_to_be_told_of_rest_at_the_beginning_is_no_promise_to_be_told_of_the_end() -> None:
    levels = CameraLevels()
    assert told(levels, TAMPER, False, 0.0, changed=False)
    assert told(levels, TAMPER, True, 1.0)
    assert [event.active for event in levels.expire(at=0.0, now=61.0)] == [False]


def test_no_more_sources_are_remembered_than_the_bound_and_the_others_are_counted() -> None:
    levels = CameraLevels()
    for index in range(LEVELS_MAX + 3):
        levels.take(MOTION, str(index), True, changed=True, at=0.0, now=0.0)
    assert levels.dropped == 3
    assert len(levels.expire(at=0.0, now=1e6)) == LEVELS_MAX
