"""What is open on record at a door where whoever watches has nothing open is taken up, on both databases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

import pytest
from sqlalchemy import Engine

from tests.drawn import BEGAN, CAMERA, SEALED, Look, film
from tests.fakes import FakeClock
from vigilanza.app.openings import Openings
from vigilanza.app.strays import Strays
from vigilanza.detect.detector import Context
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.observation import Fact, Observation
from vigilanza.store.journal import Journal

CLEAR = Observation(Fact.VIEW_CLEAR, 1.0)
CLOSED = Observation(Fact.LEAF_SEALED, 1.0, SEALED.id)
OPENED = Observation(Fact.LEAF_CHANGED, 1.0, SEALED.id)
REARMED_S = Policy().rearm_after + 10.0


class Scene:
    """What is seen in every picture."""

    def __init__(self) -> None:
        self.seen: Sequence[Observation] = (CLEAR, CLOSED)

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        return self.seen


class Watched:
    """One camera at a box, which records at once what it tells; any box may be before the same scene."""

    camera_id = CAMERA

    def __init__(self, scene: Scene, journal: Journal) -> None:
        self.pipeline = Pipeline(camera=CAMERA, doors=[SEALED], detectors={"eye": scene}, policy=Policy())
        self._taken_up: Callable[[Sequence[Event]], None] = self.pipeline.resume
        self._journal = journal
        self.told: list[Event] = []

    def resume(self, told: Sequence[Event]) -> None:
        self._taken_up(told)

    def give_no_picture(self, waiting: list[Sequence[Event]]) -> None:
        """From now on; `waiting` gets what it is to take up with the next one."""
        self._taken_up = waiting.append

    def pass_time(self, seconds: float, *, began: float, record: bool = True) -> list[Event]:
        events = [
            event
            for frame in film((seconds, Look()), began=began, fps=2.0, size_px=(32, 18))
            for event in self.pipeline.process(frame)
        ]
        self.told += events
        if record:
            self._journal.record(events)
        return events


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal(engine=engine, destinations=[], clock=FakeClock(), site="0423")


@pytest.fixture
def scene() -> Scene:
    return Scene()


def look(journal: Journal, *boxes: Watched) -> None:
    """Every box once."""
    for box in boxes:
        Strays([box], recorded=journal.open_at, note=Openings().note, clock=FakeClock()).run_once()


def lost(*, at: float) -> Event:
    """By a box that does not see the camera."""
    incident = uuid5(NAMESPACE, f"lost at {at}")
    kind, severity, phase = EventKind.CAMERA_LOST, Severity.ALARM, Phase.SUSPECTED
    return Event(uuid5(incident, "0"), incident, 0, kind, severity, phase, CAMERA, None, BEGAN + at, ())


def ids(events: Sequence[Event]) -> list[UUID]:
    return [event.incident for event in events]


def test_a_camera_that_its_former_holder_lost_after_it_was_taken_over_is_restored(
    scene: Scene, journal: Journal
) -> None:
    box = Watched(scene, journal)
    box.pass_time(5.0, began=0.0)
    late = lost(at=4.0)
    journal.record([late])
    look(journal, box)
    (restored,) = box.pass_time(5.0, began=5.0)
    assert (restored.kind, restored.incident) == (EventKind.RESTORED, late.incident)
    assert journal.open_incidents() == []


def test_a_break_in_that_the_former_holder_told_late_goes_on_until_the_door_is_seen_sealed(
    scene: Scene, journal: Journal
) -> None:
    former, box = Watched(scene, journal), Watched(scene, journal)
    box.pass_time(5.0, began=0.0)
    scene.seen = (CLEAR, OPENED)
    (opened,) = former.pass_time(5.0, began=5.0)
    look(journal, box)
    assert box.pass_time(5.0, began=6.0) == []
    assert journal.open_incidents() == [opened]
    scene.seen = (CLEAR, CLOSED)
    (closed,) = box.pass_time(REARMED_S, began=20.0)
    assert (closed.kind, closed.incident) == (EventKind.CLOSED, opened.incident)
    assert journal.open_incidents() == []


def test_two_incidents_of_one_opening_are_both_closed_by_the_box_that_is_left(scene: Scene, journal: Journal) -> None:
    """As when both watched the camera, one of them cut off from the lease server."""
    cut_off, box = Watched(scene, journal), Watched(scene, journal)
    scene.seen = (CLEAR, OPENED)
    (one,), (other,) = cut_off.pass_time(5.0, began=0.0), box.pass_time(5.0, began=0.3)
    assert one.incident != other.incident
    scene.seen = (CLEAR, CLOSED)
    for turn in range(2):
        look(journal, box)
        assert len(journal.open_incidents()) == 2 - turn
        box.pass_time(REARMED_S, began=20.0 + 200.0 * turn)
    assert ids(box.told) == [other.incident, other.incident, one.incident]
    assert journal.open_incidents() == []


def test_boxes_that_go_on_with_one_incident_tell_each_step_once(scene: Scene, journal: Journal) -> None:
    boxes = Watched(scene, journal), Watched(scene, journal)
    boxes[1].pass_time(5.0, began=0.0)
    scene.seen = (CLEAR, OPENED)
    boxes[0].pass_time(5.0, began=0.0)
    look(journal, *boxes)
    scene.seen = (CLEAR, OPENED, Observation(Fact.WENT_IN, 1.0, SEALED.id))
    for box in boxes:
        box.pass_time(5.0, began=10.0)
    told = journal.open_incidents()
    assert [event.kind for event in told] == [EventKind.DOOR_OPENED, EventKind.ENTRY]
    assert boxes[0].told[1].id == boxes[1].told[0].id


def test_what_is_closed_and_not_on_record_yet_is_not_opened_again(scene: Scene, journal: Journal) -> None:
    box = Watched(scene, journal)
    scene.seen = (CLEAR, OPENED)
    (opened,) = box.pass_time(5.0, began=0.0)
    scene.seen = (CLEAR, CLOSED)
    closed = box.pass_time(REARMED_S, began=10.0, record=False)
    look(journal, box)
    scene.seen = (CLEAR, OPENED)
    (again,) = box.pass_time(5.0, began=200.0)
    assert again.incident != opened.incident
    journal.record(closed)
    assert ids(journal.open_incidents()) == [again.incident]


def test_what_another_box_went_on_with_after_it_was_closed_here_is_taken_up(scene: Scene, journal: Journal) -> None:
    box = Watched(scene, journal)
    scene.seen = (CLEAR, OPENED)
    (opened,) = box.pass_time(5.0, began=0.0)
    scene.seen = (CLEAR, CLOSED)
    (closed,) = box.pass_time(REARMED_S, began=10.0)
    came_out = replace(
        opened, id=uuid5(closed.id, "exit"), sequence=closed.sequence, kind=EventKind.EXIT, at=closed.at + 1.0
    )
    journal.record([came_out])
    assert len(journal.open_incidents()) == 3
    look(journal, box)
    (at_last,) = box.pass_time(REARMED_S, began=200.0)
    assert (at_last.incident, at_last.sequence) == (opened.incident, closed.sequence + 1)
    assert journal.open_incidents() == []


def test_a_camera_that_gives_no_picture_to_take_it_up_with_is_told_once(scene: Scene, journal: Journal) -> None:
    box, waiting = Watched(scene, journal), list[Sequence[Event]]()
    box.pass_time(5.0, began=0.0)
    late = lost(at=4.0)
    journal.record([late])
    box.give_no_picture(waiting)
    strays = Strays([box], recorded=journal.open_at, note=Openings().note, clock=FakeClock())
    for _ in range(3):
        strays.run_once()
    assert waiting == [[late]]


def test_doors_of_others_and_closed_incidents_are_left_alone(scene: Scene, journal: Journal) -> None:
    box = Watched(scene, journal)
    box.pass_time(5.0, began=0.0)
    late = lost(at=1.0)
    end = replace(late, id=uuid5(late.id, "end"), sequence=1, phase=Phase.CLOSED, kind=EventKind.RESTORED)
    elsewhere = replace(lost(at=2.0), camera="another")
    unknown = replace(lost(at=3.0), door="no door of ours")
    journal.record([late, end, elsewhere, unknown])
    look(journal, box)
    assert box.pass_time(REARMED_S, began=5.0) == []
    assert len(journal.open_incidents()) == 2
