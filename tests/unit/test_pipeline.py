"""Pictures in, events out: whatever one detector does, and however often pictures come and go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from tests.drawn import BEGAN, CAMERA, NEIGHBOUR, SEALED, Look, film, picture
from vigilanza.detect.detector import Context, Detector
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain.door import Contact
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
BREAK_IN = (
    *((8.0, Look()), (10.0, Look(opened=True)), (8.0, Look(covered=True)), (10.0, Look(opened=True))),
    (3.0, Look()),
)
CLEAR = Observation(Fact.VIEW_CLEAR, 1.0)
OPENED = Observation(Fact.LEAF_CHANGED, 1.0, SEALED.id)


class Scripted:
    """Says the same in every picture, or fails; keeps what it was told."""

    def __init__(self, *says: Observation, fails: bool = False) -> None:
        self.says, self.fails = says, fails
        self.told: list[Context] = []

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        self.told.append(context)
        if self.fails:
            raise DetectorError("no eyes today")
        return self.says


def pipeline(detectors: Mapping[str, Detector]) -> Pipeline:
    return Pipeline(camera=CAMERA, doors=[SEALED, NEIGHBOUR], detectors=detectors, policy=Policy())


def real() -> Pipeline:
    return pipeline({"view": ViewDetector(), "door": DoorDetector()})


def seen(one: Pipeline, frames: Sequence[Frame]) -> list[Event]:
    return [event for frame in frames for event in one.process(frame)]


def kinds(events: Sequence[Event]) -> list[EventKind]:
    return [event.kind for event in events]


def test_a_detector_that_fails_is_counted_and_the_others_go_on() -> None:
    one = pipeline({"view": Scripted(CLEAR), "broken": Scripted(fails=True), "door": Scripted(OPENED)})
    events = seen(one, film((5.0, Look()), size_px=SIZE_PX))
    assert kinds(events) == [EventKind.DOOR_OPENED]
    assert one.detector_errors == {"view": 0, "broken": 25, "door": 0}


def test_detectors_are_asked_in_order_and_know_what_was_seen_before() -> None:
    detectors = {"view": Scripted(CLEAR), "broken": Scripted(fails=True), "door": Scripted(OPENED), "last": Scripted()}
    pipeline(detectors).process(picture(size_px=SIZE_PX))
    assert [one.told[0].seen for one in detectors.values()] == [(), (CLEAR,), (CLEAR,), (CLEAR, OPENED)]
    assert all(one.told[0].doors == (SEALED, NEIGHBOUR) for one in detectors.values())


def test_what_is_seen_at_one_door_is_not_held_against_another() -> None:
    elsewhere = Observation(Fact.LEAF_CHANGED, 1.0, NEIGHBOUR.id)
    one = pipeline({"view": Scripted(CLEAR), "door": Scripted(elsewhere)})
    assert seen(one, film((20.0, Look()), size_px=SIZE_PX)) == []


def test_replay_is_deterministic() -> None:
    frames = film(*BREAK_IN, size_px=SIZE_PX)
    first, second = seen(real(), frames), seen(real(), frames)
    assert first == second
    assert kinds(first) == [EventKind.DOOR_OPENED, EventKind.CAMERA_COVERED, EventKind.RESTORED]
    assert len({event.id for event in first}) == len(first)


def test_the_rate_of_pictures_does_not_change_the_story() -> None:
    usual = seen(real(), film(*BREAK_IN, size_px=SIZE_PX))
    for fps in (2.0, 10.0):
        events = seen(real(), film(*BREAK_IN, fps=fps, size_px=SIZE_PX))
        assert [(event.kind, event.severity) for event in events] == [(event.kind, event.severity) for event in usual]


def test_blinding_a_camera_is_an_incident_and_does_not_end_the_one_at_the_door() -> None:
    opened, covered, restored = seen(real(), film(*BREAK_IN, size_px=SIZE_PX))
    assert opened.door == SEALED.id
    assert covered.door is restored.door is None
    assert covered.severity is Severity.ALARM
    assert covered.incident == restored.incident != opened.incident


def compares(one: Pipeline) -> bool:
    belief = one.belief()
    return belief is not None and belief.compares(SEALED.id)


def test_a_lost_camera_is_told_once_and_restored_by_pictures() -> None:
    one = real()
    before = seen(one, film((10.0, Look()), size_px=SIZE_PX))
    assert compares(one)
    lost = [event for second in range(30) for event in one.lose(BEGAN + 10.0 + second)]
    assert not compares(one)
    after = seen(one, film((20.0, Look()), began=60.0, size_px=SIZE_PX))
    assert before == []
    assert kinds(lost) == [EventKind.CAMERA_LOST]
    assert kinds(after) == [EventKind.RESTORED]
    assert after[0].incident == lost[0].incident


def test_a_door_opened_while_the_camera_was_lost_is_seen_afterwards() -> None:
    one = real()
    seen(one, film((10.0, Look()), size_px=SIZE_PX))
    one.lose(BEGAN + 10.0)
    assert EventKind.DOOR_OPENED in kinds(seen(one, film((20.0, Look(opened=True)), began=600.0, size_px=SIZE_PX)))


def test_losing_a_camera_leaves_its_incidents_as_they_are() -> None:
    one = pipeline({"view": Scripted(CLEAR), "door": Scripted(OPENED)})
    first = seen(one, film((5.0, Look()), size_px=SIZE_PX))
    assert kinds(one.lose(BEGAN + 6.0)) == [EventKind.CAMERA_LOST]
    again = seen(one, film((20.0, Look()), began=86_400.0, size_px=SIZE_PX))
    assert kinds(first) == [EventKind.DOOR_OPENED]
    assert kinds(again) == [EventKind.RESTORED]


def test_a_camera_that_comes_and_goes_is_lost_until_it_is_steady_and_its_doors_are_watched_meanwhile() -> None:
    one = pipeline({"view": Scripted(CLEAR), "door": Scripted(OPENED)})
    lost = one.lose(BEGAN)
    unsteady = film((20.0, Look()), began=10.0, size_px=SIZE_PX)
    first = [event for frame in unsteady for event in one.process(frame, steady=False)]
    again = one.lose(BEGAN + 40.0)
    after = seen(one, film((20.0, Look()), began=60.0, size_px=SIZE_PX))
    assert sorted(kinds(first)) == [EventKind.CAMERA_UNSTEADY, EventKind.DOOR_OPENED]
    assert (kinds(lost), again, kinds(after)) == ([EventKind.CAMERA_LOST], [], [EventKind.RESTORED])


def test_after_a_restart_open_incidents_go_on() -> None:
    told = seen(real(), film(*BREAK_IN[:3], size_px=SIZE_PX))
    assert kinds(told) == [EventKind.DOOR_OPENED, EventKind.CAMERA_COVERED]
    one = pipeline({"view": Scripted(CLEAR), "door": Scripted(OPENED, Observation(Fact.WENT_IN, 1.0, SEALED.id))})
    one.resume(told)
    events = seen(one, film((10.0, Look()), began=300.0, size_px=SIZE_PX))
    assert sorted(kinds(events)) == [EventKind.ENTRY, EventKind.RESTORED]
    assert {event.incident for event in events} == {event.incident for event in told}
    assert {event.sequence for event in events} == {1}


def test_a_restart_does_not_restore_a_camera_that_is_still_covered() -> None:
    told = seen(real(), film((8.0, Look()), (8.0, Look(covered=True)), size_px=SIZE_PX))
    assert kinds(told) == [EventKind.CAMERA_COVERED]
    one = real()
    one.resume(told)
    assert EventKind.RESTORED not in kinds(seen(one, film((20.0, Look(covered=True)), began=60.0, size_px=SIZE_PX)))


def test_incidents_of_another_camera_are_not_taken_up() -> None:
    told = seen(real(), film(*BREAK_IN[:2], size_px=SIZE_PX))
    one = Pipeline(camera="other", doors=[SEALED], detectors={"door": Scripted(OPENED)}, policy=Policy())
    one.resume(told)
    (event,) = seen(one, film((5.0, Look()), size_px=SIZE_PX))
    assert event.incident != told[0].incident
    assert event.phase is Phase.FORCED


def _process(one: Pipeline, at: float) -> list[Event]:
    return seen(one, film((20.0, Look()), began=at, size_px=SIZE_PX))


def _lose(one: Pipeline, at: float) -> list[Event]:
    return one.lose(BEGAN + at)


@pytest.mark.parametrize(
    ("then", "expected"), [(_process, EventKind.DOOR_OPENED), (_lose, EventKind.CAMERA_LOST)], ids=["pictures", "loss"]
)
def test_a_clock_that_was_set_back_does_not_blind(
    then: Callable[[Pipeline, float], list[Event]], expected: EventKind
) -> None:
    """Capture connects anew when this machine's clock was set back: picture times start earlier than they ended."""
    door = Scripted()
    one = pipeline({"view": Scripted(CLEAR), "door": door})
    seen(one, film((5.0, Look()), began=3600.0, size_px=SIZE_PX))
    door.says = (OPENED,)
    assert expected in kinds(then(one, 1800.0))


def test_a_contact_that_opens_while_there_are_no_pictures_is_an_opened_door() -> None:
    wired = replace(SEALED, contact=Contact("IN1"))
    one = Pipeline(camera=CAMERA, doors=[wired, NEIGHBOUR], detectors={"view": Scripted(CLEAR)}, policy=Policy())
    seen(one, film((5.0, Look()), size_px=SIZE_PX))
    lost = [event for second in range(5, 10) for event in one.lose(BEGAN + second)]
    assert kinds(lost) == [EventKind.CAMERA_LOST]
    one.contacts.hear("in1", True)
    opened = [event for second in range(10, 13) for event in one.lose(BEGAN + second)]
    assert [(event.kind, event.door, event.severity) for event in opened] == [
        (EventKind.DOOR_OPENED, SEALED.id, Severity.ALARM)
    ]
    one.contacts.hear("in1", False)
    assert [event for second in range(13, 60) for event in one.lose(BEGAN + second)] == [], "nothing closes unseen"


class Broken:
    """A detector with a bug."""

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        raise ZeroDivisionError("bug")


def test_a_bug_in_one_detector_does_not_blind_the_others() -> None:
    one = Pipeline(
        camera="stairs-3",
        doors=[SEALED],
        detectors={"broken": Broken(), "view": Scripted(CLEAR), "door": Scripted(OPENED)},
        policy=Policy(),
    )
    assert EventKind.DOOR_OPENED in kinds(seen(one, film((5.0, Look()), size_px=SIZE_PX)))
    assert one.detector_errors["broken"] == 25
    assert one.detector_errors["door"] == 0


def test_what_is_believed_can_be_looked_at_after_each_picture() -> None:
    one = pipeline({"view": Scripted(CLEAR), "door": Scripted(OPENED)})
    assert one.belief() is None
    frames = film((5.0, Look(infrared=True)), size_px=SIZE_PX)
    seen(one, frames)
    belief = one.belief()
    assert belief is not None
    assert (belief.at, belief.infrared, belief.seen) == (frames[-1].at, True, (CLEAR, OPENED))
    assert belief.of_door(SEALED.id) == (OPENED,)
    assert [incident.phase for incident in belief.incidents] == [Phase.FORCED]
    assert (belief.count(Fact.LEAF_CHANGED, SEALED.id), belief.count(Fact.LEAF_CHANGED)) == (1, 0)
