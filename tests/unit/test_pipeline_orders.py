"""Work orders in the pipeline: doors are covered by them, views never, and a recording repeats itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.drawn import BEGAN, CAMERA, NEIGHBOUR, SEALED, Look, film
from vigilanza.detect.detector import Detector
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain.door import Contact
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.workorder import WorkOrder

SIZE_PX = (320, 180)
VISIT = (
    *((8.0, Look()), (10.0, Look(opened=True)), (8.0, Look(covered=True)), (10.0, Look(opened=True))),
    (3.0, Look()),
)


def order(begin: float, end: float) -> WorkOrder:
    return WorkOrder("WO-1", SEALED.id, BEGAN + begin, BEGAN + end)


def watching(orders: Callable[[], Sequence[WorkOrder]] = tuple) -> Pipeline:
    detectors: dict[str, Detector] = {"view": ViewDetector(), "door": DoorDetector()}
    return Pipeline(camera=CAMERA, doors=[SEALED, NEIGHBOUR], detectors=detectors, policy=Policy(), orders=orders)


def seen(one: Pipeline, frames: Sequence[Frame]) -> list[Event]:
    return [event for frame in frames for event in one.process(frame)]


def told(events: Sequence[Event]) -> list[tuple[EventKind, Severity, str | None]]:
    return [(event.kind, event.severity, event.order) for event in events]


def test_an_attack_on_the_camera_is_an_alarm_whatever_is_authorised() -> None:
    events = seen(watching(lambda: [order(0.0, 600.0)]), film(*VISIT, size_px=SIZE_PX))
    assert told(events) == [
        (EventKind.DOOR_OPENED, Severity.INFO, "WO-1"),
        (EventKind.CAMERA_COVERED, Severity.ALARM, None),
        (EventKind.RESTORED, Severity.INFO, None),
    ]


def test_an_order_that_ends_while_the_camera_is_covered_hides_nothing() -> None:
    frames = film(*VISIT[:4], size_px=SIZE_PX)
    events = [event for event in seen(watching(lambda: [order(0.0, 22.0)]), frames) if event.door is not None]
    assert told(events) == [
        (EventKind.DOOR_OPENED, Severity.INFO, "WO-1"),
        (EventKind.CLOSED, Severity.INFO, "WO-1"),
        (EventKind.DOOR_OPENED, Severity.ALARM, None),
    ]
    assert events[0].incident == events[1].incident != events[2].incident
    assert events[2].at < frames[-1].at - 5.0


def test_the_same_recording_with_the_same_orders_tells_the_same() -> None:
    frames, visit = film(*VISIT, size_px=SIZE_PX), order(0.0, 30.0)
    first, second = (seen(watching(lambda: [visit]), frames) for _ in range(2))
    assert first == second
    assert {event.order for event in first} == {"WO-1", None}


def test_an_order_learned_meanwhile_counts_from_the_next_picture_on() -> None:
    known: list[WorkOrder] = []
    one = watching(lambda: known)
    assert seen(one, film((8.0, Look()), size_px=SIZE_PX)) == []
    known.append(order(0.0, 600.0))
    events = seen(one, film((5.0, Look(opened=True)), began=8.0, size_px=SIZE_PX))
    assert told(events) == [(EventKind.DOOR_OPENED, Severity.INFO, "WO-1")]
    known.clear()
    after = seen(one, film((5.0, Look(opened=True)), began=13.0, size_px=SIZE_PX))
    assert told(after) == [(EventKind.CLOSED, Severity.INFO, "WO-1"), (EventKind.DOOR_OPENED, Severity.ALARM, None)]


def test_after_a_restart_a_visit_goes_on_as_one() -> None:
    visit = order(0.0, 600.0)
    before = seen(watching(lambda: [visit]), film(*VISIT[:2], size_px=SIZE_PX))
    again, alone = watching(lambda: [visit]), watching()
    for one in (again, alone):
        one.resume(before)
    frames = film((10.0, Look(opened=True)), began=60.0, size_px=SIZE_PX)
    assert seen(again, frames) == []
    assert told(seen(alone, frames))[0] == (EventKind.CLOSED, Severity.INFO, "WO-1")


def test_orders_are_measured_by_the_clock_even_after_it_was_set_back() -> None:
    one = watching(lambda: [order(1000.0, 1100.0)])
    seen(one, film((8.0, Look()), began=3600.0, size_px=SIZE_PX))
    events = seen(one, film((5.0, Look(opened=True)), began=1010.0, size_px=SIZE_PX))
    assert told(events) == [(EventKind.DOOR_OPENED, Severity.INFO, "WO-1")]


def test_an_order_covers_a_contact_that_opens_while_there_are_no_pictures() -> None:
    wired = replace(SEALED, contact=Contact("IN1"))
    orders = [order(0.0, 20.0)]
    one = Pipeline(camera=CAMERA, doors=[wired], detectors={}, policy=Policy(), orders=lambda: orders)
    one.contacts.hear("in1", True)
    events = [event for second in range(60) for event in one.lose(BEGAN + second) if event.door is not None]
    assert told(events) == [
        (EventKind.DOOR_OPENED, Severity.INFO, "WO-1"),
        (EventKind.CLOSED, Severity.INFO, "WO-1"),
        (EventKind.DOOR_OPENED, Severity.ALARM, None),
    ]
