"""What an incident still lacks: each rule just below its limit, and at it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.observed import CAMERA, DOOR, observed
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.hurdle import Hurdle
from vigilanza.domain.incident import Incident, Policy, hurdles, step
from vigilanza.domain.meter import Meter
from vigilanza.domain.observation import Fact

AT = 1_795_000_000.0
POLICY = Policy()
STEP_S = 0.1
"""Between the picture in which a rule is just below its limit and the next."""


def believed(phase: Phase, *seen: tuple[Fact, float], last: float = AT) -> Incident:
    """An incident in `phase`, with facts seen for so many seconds, last at `last`."""
    meters = tuple((fact, Meter(last - seconds, last, seconds, 0.8)) for fact, seconds in seen)
    return Incident(CAMERA, DOOR, phase=phase, at=AT, meters=meters)


def lacking(now: Incident, kind: EventKind, severity: Severity) -> list[Hurdle]:
    return [hurdle for hurdle in hurdles(now, AT, POLICY) if (hurdle.kind, hurdle.severity) == (kind, severity)]


Case = tuple[Phase, EventKind, Severity, Sequence[Fact], Fact, float]
CASES: list[Case] = [
    (Phase.QUIET, EventKind.LOITERING, Severity.ATTENTION, [], Fact.PERSON_AT_DOOR, POLICY.loiter_after),
    (Phase.ATTENTION, EventKind.TAMPERING, Severity.ATTENTION, [], Fact.WORKS_ON_LEAF, POLICY.work_after),
    (Phase.ATTENTION, EventKind.TAMPERING, Severity.ALARM, [], Fact.CROUCHES_AT_LEAF, POLICY.crouch_alarm_after),
    (
        *(Phase.ATTENTION, EventKind.SEAL_CHANGED, Severity.ATTENTION),
        *([Fact.HAND_ON_LEAF], Fact.LEAF_PARTLY_CHANGED, POLICY.seal_after),
    ),
    (Phase.ATTENTION, EventKind.SEAL_CHANGED, Severity.ALARM, [], Fact.SEAL_GONE, POLICY.seal_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [], Fact.LEAF_CHANGED, POLICY.change_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [Fact.WENT_IN], Fact.LEAF_CHANGED, POLICY.glimpse_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [Fact.CAME_OUT], Fact.LEAF_CHANGED, POLICY.glimpse_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [], Fact.LEAF_AJAR, POLICY.ajar_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [Fact.WENT_IN], Fact.LEAF_AJAR, POLICY.glimpse_after),
    (Phase.SUSPECTED, EventKind.DOOR_OPENED, Severity.ALARM, [Fact.CAME_OUT], Fact.LEAF_AJAR, POLICY.glimpse_after),
    (Phase.FORCED, EventKind.DOOR_OPENED, Severity.ALARM, [], Fact.LEAF_CHANGED_AGAIN, POLICY.change_after),
]


@pytest.mark.parametrize(("phase", "kind", "severity", "besides", "fact", "limit"), CASES)
def test_a_rule_is_a_hurdle_just_below_its_limit_and_an_event_at_it(
    phase: Phase, kind: EventKind, severity: Severity, besides: Sequence[Fact], fact: Fact, limit: float
) -> None:
    others = [(other, 1.0) for other in besides]
    below = believed(phase, *others, (fact, limit - STEP_S / 2))
    ways = [way for way in lacking(below, kind, severity) if {gauge.fact for gauge in way.gauges} == {*besides, fact}]
    (gauge,) = [gauge for way in ways for gauge in way.gauges if gauge.fact is fact and gauge.needed == limit]
    assert gauge.reached == pytest.approx(limit - STEP_S / 2)
    assert not gauge.cleared
    facts = [*besides, fact]
    held = replace(
        below, meters=tuple((one, replace(meter, seconds=meter.seconds - STEP_S)) for one, meter in below.meters)
    )
    assert step(held, observed(facts), AT + STEP_S * 0.9, POLICY)[1] == ()
    (event,) = step(below, observed(facts), AT + STEP_S, POLICY)[1]
    assert (event.kind, event.severity) == (kind, severity)


def test_long_work_alarms_once_it_has_asked_for_attention() -> None:
    raised = frozenset({(EventKind.TAMPERING, Severity.ATTENTION)})
    below = replace(believed(Phase.SUSPECTED, (Fact.WORKS_ON_LEAF, POLICY.work_alarm_after - 0.05)), raised=raised)
    strain, shaken, crouch, work = lacking(below, EventKind.TAMPERING, Severity.ALARM)
    gauges = (*strain.gauges, *shaken.gauges, *crouch.gauges, *work.gauges)
    assert [(gauge.fact, gauge.reached, gauge.needed) for gauge in gauges] == [
        (Fact.STRAINS_AT_LEAF, 0.0, 0.0),
        (Fact.LEAF_SHAKEN, 0.0, 0.0),
        (Fact.PERSON_AT_DOOR, 0.0, 0.0),
        (Fact.CROUCHES_AT_LEAF, 0.0, POLICY.crouch_alarm_after),
        (Fact.WORKS_ON_LEAF, pytest.approx(POLICY.work_alarm_after - 0.05), POLICY.work_alarm_after),
    ]
    assert (work.name, work.touched, strain.touched) == ("tampering alarm", True, False)
    assert lacking(below, EventKind.TAMPERING, Severity.ATTENTION) == []
    (event,) = step(below, observed([Fact.WORKS_ON_LEAF]), AT + STEP_S, POLICY)[1]
    assert (event.kind, event.severity) == (EventKind.TAMPERING, Severity.ALARM)


@pytest.mark.parametrize(
    ("phase", "kind", "severity", "fact"),
    [
        (Phase.FORCED, EventKind.ENTRY, Severity.CRITICAL, Fact.WENT_IN),
        (Phase.FORCED, EventKind.EXIT, Severity.ALARM, Fact.CAME_OUT),
        (Phase.ENTERED, EventKind.EXIT, Severity.ALARM, Fact.CAME_OUT),
    ],
)
def test_a_passage_asks_only_to_be_seen(phase: Phase, kind: EventKind, severity: Severity, fact: Fact) -> None:
    now = believed(phase)
    (way,) = lacking(now, kind, severity)
    (gauge,) = way.gauges
    assert (gauge.fact, gauge.needed, gauge.cleared) == (fact, 0.0, False)
    (event,) = step(now, observed([fact]), AT + STEP_S, POLICY)[1]
    assert (event.kind, event.severity) == (kind, severity)


def test_a_run_that_has_ended_counts_nothing() -> None:
    now = believed(Phase.QUIET, (Fact.PERSON_AT_DOOR, 9.0), last=AT - POLICY.forget - 0.1)
    (way,) = lacking(now, EventKind.LOITERING, Severity.ATTENTION)
    assert way.gauges[0].reached == 0.0
    assert not way.touched


def test_what_was_seen_for_a_moment_or_in_one_picture_has_touched_its_hurdle() -> None:
    (stay,) = lacking(believed(Phase.QUIET, (Fact.PERSON_AT_DOOR, 0.2)), EventKind.LOITERING, Severity.ATTENTION)
    (seal,) = lacking(believed(Phase.QUIET, (Fact.HAND_ON_LEAF, 0.0)), EventKind.SEAL_CHANGED, Severity.ATTENTION)
    assert stay.touched
    assert seal.touched


def test_a_changed_seal_asks_for_hands_however_long_ago() -> None:
    part = (Fact.LEAF_PARTLY_CHANGED, 60.0)
    (alone,) = lacking(believed(Phase.ATTENTION, part), EventKind.SEAL_CHANGED, Severity.ATTENTION)
    assert [gauge.cleared for gauge in alone.gauges] == [True, False]
    touched = replace(
        believed(Phase.ATTENTION, part),
        meters=(*believed(Phase.ATTENTION, part).meters, (Fact.HAND_ON_LEAF, Meter(AT - 900.0, AT - 899.0, 1.0, 0.5))),
    )
    (way,) = lacking(touched, EventKind.SEAL_CHANGED, Severity.ATTENTION)
    assert all(gauge.cleared for gauge in way.gauges)


@pytest.mark.parametrize(
    ("phase", "open_kinds"),
    [
        (Phase.QUIET, {"loitering", "tampering", "seal_changed", "door_opened"}),
        (Phase.SUSPECTED, {"tampering", "seal_changed", "door_opened"}),
        (Phase.FORCED, {"door_opened", "entry", "exit"}),
        (Phase.ENTERED, {"door_opened", "exit"}),
    ],
)
def test_only_what_may_come_next_is_in_the_way(phase: Phase, open_kinds: set[str]) -> None:
    assert {hurdle.kind.value for hurdle in hurdles(believed(phase), AT, POLICY)} == open_kinds


def test_what_was_raised_is_no_hurdle_any_more() -> None:
    raised = frozenset({(EventKind.LOITERING, Severity.ATTENTION), (EventKind.SEAL_CHANGED, Severity.ALARM)})
    now = replace(believed(Phase.ATTENTION), raised=raised)
    assert {hurdle.kind.value for hurdle in hurdles(now, AT, POLICY)} == {"tampering", "door_opened"}
