"""What may follow what after a confirmation: every pair."""

import pytest

from vigilanza.domain.aftermath import (
    LONGEST_NOTE,
    MARKS,
    NOTED,
    Step,
    called_step,
    check_step,
    is_social_task_open,
    next_steps,
)
from vigilanza.domain.errors import StepRefused

SENT, PHONED, THERE, MINORS, TOLD = (
    Step.DISPATCHED,
    Step.DISPATCHED_BY_PHONE,
    Step.ON_SITE,
    Step.MINORS_PRESENT,
    Step.SOCIAL_SERVICES_TOLD,
)
FREE, INSIDE, NOTHING, FAILED = Step.RECOVERED, Step.OCCUPIED, Step.UNFOUNDED, Step.ATTEMPT_FAILED
SEALED, CLOSED = Step.RESECURED, Step.CLOSED
NOBODY, CALLED = Step.NOT_DISPATCHED, Step.TELEPHONED
AVS = 3

WAYS: dict[tuple[Step, ...], set[Step]] = {
    (): {SENT, PHONED, MINORS},
    (SENT,): {THERE, MINORS},
    (PHONED,): {THERE, MINORS},
    (SENT, THERE): {FREE, INSIDE, NOTHING, FAILED, MINORS},
    (SENT, THERE, FREE): {INSIDE, NOTHING, FAILED, SEALED, MINORS},
    (SENT, THERE, INSIDE): {FREE, NOTHING, FAILED, CLOSED, MINORS},
    (SENT, THERE, NOTHING): {FREE, INSIDE, FAILED, SEALED, CLOSED, MINORS},
    (SENT, THERE, FAILED): {FREE, INSIDE, NOTHING, SEALED, MINORS},
    (SENT, THERE, FREE, SEALED): {CLOSED, MINORS},
    (SENT, THERE, FREE, SEALED, CLOSED): set(),
    (SENT, THERE, INSIDE, CLOSED): set(),
}
PAIRS = [(way, step) for way in WAYS for step in Step]


@pytest.mark.parametrize(("way", "step"), PAIRS)
def test_every_pair(way: tuple[Step, ...], step: Step) -> None:
    assert (step in next_steps(way, AVS)) is (step in WAYS[way])


@pytest.mark.parametrize(("way", "step"), PAIRS)
def test_while_the_social_services_are_not_told_nothing_is_closed(way: tuple[Step, ...], step: Step) -> None:
    if CLOSED in way:
        return
    asked = (*way, MINORS)
    assert is_social_task_open(asked)
    assert (step in next_steps(asked, AVS)) is (step in (WAYS[way] - {MINORS, CLOSED}) | {TOLD})


@pytest.mark.parametrize(("way", "step"), PAIRS)
def test_once_they_are_told_all_goes_on_as_without(way: tuple[Step, ...], step: Step) -> None:
    if CLOSED in way:
        return
    done = (MINORS, TOLD, *way)
    assert not is_social_task_open(done)
    assert next_steps(done, AVS) == next_steps((*way, MINORS, TOLD), AVS)
    assert (step in next_steps(done, AVS)) is (step in WAYS[way] - {MINORS})


def test_every_step_can_be_reached_and_every_way_ends() -> None:
    assert {step for ways in WAYS.values() for step in ways} | {TOLD, NOBODY, CALLED} == set(Step)
    assert all(next_steps(way, AVS) for way in WAYS if CLOSED not in way)
    assert not MARKS & {way[-1] for way in WAYS if way}


@pytest.mark.parametrize("note", [" ", "two\nlines", "nul\0", "x" * (LONGEST_NOTE + 1)])
def test_a_note_is_one_short_line(note: str) -> None:
    with pytest.raises(StepRefused) as refused:
        check_step((), SENT, note, AVS)
    assert refused.value.field == "note"
    check_step((), SENT, "x" * LONGEST_NOTE, AVS)


def test_who_was_spoken_to_is_said_and_only_then_needed() -> None:
    for way, step in ((way, step) for way, steps in WAYS.items() for step in steps):
        if step in NOTED:
            with pytest.raises(StepRefused, match="spoken"):
                check_step(way, step, None, AVS)
        else:
            check_step(way, step, None, AVS)
    assert {PHONED, TOLD, NOBODY} == NOTED


def test_what_cannot_follow_says_what_it_would_have_followed() -> None:
    with pytest.raises(StepRefused, match="closed cannot follow the confirmation"):
        check_step((), CLOSED, None, AVS)
    with pytest.raises(StepRefused, match="closed cannot follow on_site"):
        check_step((SENT, THERE), CLOSED, None, AVS)


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ((), {SENT, PHONED, NOBODY, MINORS}),
        ((CALLED,), {SENT, PHONED, NOBODY, MINORS}),
        ((NOBODY,), {SENT, PHONED, CLOSED, MINORS}),
        ((NOBODY, CLOSED), set()),
        ((NOBODY, PHONED), {THERE, MINORS}),
        ((SENT,), {THERE, MINORS}),
    ],
)
def test_what_could_not_be_verified_is_closed_with_a_reason_and_nobody_sent(
    way: tuple[Step, ...], found: set[Step]
) -> None:
    assert set(next_steps(way, 1)) == found


def test_only_avs_1_may_send_nobody_and_a_reason_is_given() -> None:
    for avs in (2, 3, 4):
        with pytest.raises(StepRefused, match="not_dispatched cannot follow the confirmation"):
            check_step((), NOBODY, "x", avs)
    with pytest.raises(StepRefused, match="why nobody is sent"):
        check_step((), NOBODY, None, 1)
    check_step((), NOBODY, "telecamera coperta, custode sul posto: nulla", 1)


@pytest.mark.parametrize("left", [(NOBODY,), (NOBODY, CLOSED), (NOBODY, CLOSED, CALLED)])
def test_a_graver_score_begins_anew_what_had_been_left_alone(left: tuple[Step, ...]) -> None:
    assert set(next_steps(left, 3)) == {SENT, PHONED, MINORS}
    assert set(next_steps((*left, SENT), 3)) == {THERE, MINORS}
    assert set(next_steps((*left, SENT, THERE, NOTHING, CLOSED), 3)) == set()


def test_a_call_is_a_mark_unless_it_is_the_one_that_sends() -> None:
    assert called_step((), AVS, sends=True) is PHONED
    assert called_step((), AVS, sends=False) is CALLED
    assert called_step((SENT,), AVS, sends=True) is CALLED
    assert next_steps((SENT, CALLED, CALLED), AVS) == next_steps((SENT,), AVS)
    for closed in ((SENT, THERE, INSIDE, CLOSED), (SENT, THERE, INSIDE, CLOSED, CALLED)):
        with pytest.raises(StepRefused, match="cannot follow closed"):
            called_step(closed, AVS, sends=True)
