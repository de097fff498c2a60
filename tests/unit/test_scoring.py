"""Alarms against the truth of a recording."""

from pathlib import Path

import pytest

from tests.truths import alarm, take, window
from vigilanza.domain.events import EventKind
from vigilanza.lab.metrics import by_condition, sum_up
from vigilanza.lab.scoring import score
from vigilanza.lab.take import Take, takes_of

ENTRY = {"type": "entry", "door": "S", "t_start": 25.0, "t_end": 26.0}


def test_the_first_alarm_in_a_window_counts_once(tmp_path: Path) -> None:
    one = take(tmp_path, alarm=[window(10, 30)], events=[ENTRY])
    scored = score(one, [alarm(22, EventKind.ENTRY), alarm(14)])
    (outcome,) = scored.outcomes
    assert (outcome.delay, outcome.late, outcome.lead) == (4.0, False, 11.0)
    assert scored.false_alarms == ()


def test_an_alarm_ten_seconds_after_the_first_act_is_late_but_found(tmp_path: Path) -> None:
    one = take(tmp_path, alarm=[window(10, 30)])
    assert [score(one, [alarm(t)]).outcomes[0].late for t in (10, 20, 20.1, 30)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("kind", "said", "door", "found"),
    [
        ("break_in", EventKind.DOOR_OPENED, "S", True),
        ("break_in", EventKind.DOOR_OPENED, "N0", False),
        ("break_in", EventKind.CAMERA_MOVED, None, False),
        ("seal_removed", EventKind.SEAL_CHANGED, "S", True),
        ("camera_tamper", EventKind.CAMERA_COVERED, None, True),
        ("camera_tamper", EventKind.TAMPERING, "S", True),
    ],
)
def test_kind_and_door_must_fit(tmp_path: Path, kind: str, said: EventKind, door: str | None, found: bool) -> None:
    one = take(tmp_path, alarm=[window(10, 30, kind=kind, door=None if kind == "camera_tamper" else "S")])
    scored = score(one, [alarm(12, said, door)])
    assert scored.outcomes[0].alarm == (alarm(12, said, door) if found else None)
    assert len(scored.false_alarms) == (0 if found else 1)


def test_one_alarm_cannot_serve_two_events(tmp_path: Path) -> None:
    one = take(tmp_path, alarm=[window(10, 30), window(15, 40)])
    assert [outcome.delay for outcome in score(one, [alarm(20)]).outcomes] == [None, 5.0]
    assert [outcome.delay for outcome in score(one, [alarm(20), alarm(25)]).outcomes] in ([10.0, 10.0], [15.0, 5.0])


def test_false_alarms_ten_seconds_apart_are_one(tmp_path: Path) -> None:
    scored = score(take(tmp_path), [alarm(5), alarm(15), alarm(15.1), alarm(40)])
    assert [one.t for one in scored.false_alarms] == [5, 15.1, 40]


def test_what_repeats_a_right_alarm_within_a_minute_is_not_false(tmp_path: Path) -> None:
    one = take(tmp_path, alarm=[window(5, 10)], duration=100)
    scored = score(one, [alarm(6), alarm(30), alarm(31, door="N0"), alarm(66.1)])
    assert [(false.t, false.door) for false in scored.false_alarms] == [(31, "N0"), (66.1, "S")]


def test_an_alarm_before_the_first_act_is_false(tmp_path: Path) -> None:
    scored = score(take(tmp_path, alarm=[window(10, 30)]), [alarm(9.9)])
    assert (scored.outcomes[0].alarm, len(scored.false_alarms)) == (None, 1)


def test_ignored_spans_count_neither_way_for_their_kinds(tmp_path: Path) -> None:
    spans = [{"t_start": 10, "t_end": 20, "kinds": ["loitering"]}, {"t_start": 40, "t_end": 50, "kinds": None}]
    one = take(tmp_path, ignore=spans)
    scored = score(one, [alarm(15, EventKind.LOITERING), alarm(18), alarm(45)])
    assert [false.t for false in scored.false_alarms] == [18]
    assert one.quiet_seconds == 50


def test_quiet_time_leaves_windows_and_what_is_ignored_out_once(tmp_path: Path) -> None:
    spans = [{"t_start": 25, "t_end": 40, "kinds": None}, {"t_start": 55, "t_end": 70, "kinds": None}]
    assert take(tmp_path, alarm=[window(10, 30)], ignore=spans).quiet_seconds == 60 - 30 - 5


def test_an_authorised_visit_is_quiet_with_its_order_and_an_event_without(tmp_path: Path) -> None:
    order = {"id": "WO-1", "door": "S", "people": 2, "t_from": 0, "t_to": 60}
    visit = {"order": order, "alarm_without_order": [window(8, 22)]}
    known = take(tmp_path, authorised_visit=visit).recording
    without, with_order = takes_of([known])
    raised = [alarm(12), alarm(50, EventKind.EXIT)]
    assert [outcome.delay for outcome in score(without, raised).outcomes] == [4.0]
    assert score(without, raised).false_alarms == ()
    assert score(with_order, raised).outcomes == ()
    assert len(score(with_order, raised).false_alarms) == 2
    assert with_order.order is not None
    assert with_order.order.t_to == 60


def test_sums_over_takes(tmp_path: Path) -> None:
    found = score(take(tmp_path, alarm=[window(10, 30)], events=[ENTRY]), [alarm(14)])
    late = score(take(tmp_path, alarm=[window(10, 30)]), [alarm(25), alarm(3)])
    missed = score(take(tmp_path, alarm=[window(10, 30)]), [])
    quiet = score(take(tmp_path, duration=3600 - 120), [alarm(100)])
    figures = sum_up([found, late, missed, quiet]).as_json()
    assert (figures["events"], figures["found"], figures["late"], figures["misses"]) == (3, 2, 1, 1)
    assert (figures["recall"], figures["recall_in_time"]) == (0.666667, 0.333333)
    assert (figures["precision"], figures["false_alarms"], figures["camera_hours"]) == (0.5, 2, 1.0)
    assert (figures["false_alarms_per_hour"], figures["false_alarms_per_day"]) == (2.0, 48.0)
    assert figures["false_alarms_per_day_high"] == pytest.approx(7.2247 * 24, abs=0.01)
    assert (figures["negatives"], figures["negatives_hours"], figures["negatives_false_alarms"]) == (1, 0.966667, 1)
    assert (figures["p50_s"], figures["p95_s"], figures["lead_p50_s"], figures["lead_least_s"]) == (
        4.0,
        15.0,
        11.0,
        11.0,
    )


def test_figures_of_nothing_are_none() -> None:
    figures = sum_up([]).as_json()
    assert [figures[name] for name in ("recall", "precision", "f1", "false_alarms_per_day", "p95_s")] == [None] * 5


def test_misses_and_false_alarms_are_told_by_condition(tmp_path: Path) -> None:
    lights = [{"t": 0, "lamp": 1.0, "day": 0.1}, {"t": 40, "emerg": 0.3}]
    conditions = {"lights": lights, "ir": [[50, 60]], "faults": ["bug"], "sun": True}
    night = take(tmp_path, alarm=[window(10, 30), window(35, 45), window(52, 60)], conditions=conditions)
    rows = {(row.dimension, row.label): row for row in by_condition([score(night, [alarm(12), alarm(5)])])}
    assert (rows["light", "lamps"].events, rows["light", "lamps"].found, rows["light", "lamps"].false_alarms) == (
        1,
        1,
        1,
    )
    assert (rows["light", "changing"].events, rows["light", "changing"].found) == (1, 0)
    assert (rows["light", "infrared"].events, rows["light", "infrared"].found) == (1, 0)
    assert (rows["event", "break_in"].events, rows["door", "stairs-3: S"].found) == (3, 1)
    assert rows["event", "tampering"].false_alarms == 1
    assert (rows["fault", "bug"].events, rows["sun", "sun patches"].events, rows["camera", "stairs-3"].events) == (
        3,
        3,
        3,
    )


def test_a_take_is_named_for_its_recording(tmp_path: Path) -> None:
    assert Take(take(tmp_path).recording).name == "night"
