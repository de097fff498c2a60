"""What a work order must fulfil, and how its times are read."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from vigilanza.domain.door import Role
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.grant import (
    EARLIEST_SECONDS,
    LONGEST_SECONDS,
    check_door,
    check_end,
    check_extension,
    check_grant,
)
from vigilanza.domain.moment import read_moment, write_moment
from vigilanza.domain.workorder import WorkOrder

NOW = 1_795_000_000.0
ORDER = WorkOrder("WO-1", "B.03.12", NOW, NOW + 3600.0, "Edil, 2 persons", "boiler", "Anna B.", NOW)
ROME = ZoneInfo("Europe/Rome")
ROLES = {"B.03.12": Role.SEALED, "B.03.13": Role.NEIGHBOUR}


def refused(order: WorkOrder) -> str:
    with pytest.raises(WorkOrderRefused) as said:
        check_grant(order, NOW)
    return said.value.field


def test_a_proper_order_is_granted_also_for_the_longest_time_and_for_one_that_has_begun() -> None:
    check_grant(ORDER, NOW)
    check_grant(replace(ORDER, ends_at=NOW + LONGEST_SECONDS), NOW)
    check_grant(replace(ORDER, starts_at=NOW - 600.0), NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "../etc"}, "id"),
        ({"id": "x" * 41}, "id"),
        ({"who": " "}, "who"),
        ({"who": "two\nlines"}, "who"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"granted_by": "\0"}, "granted_by"),
        ({"ends_at": NOW}, "to"),
        ({"ends_at": NOW - 1.0}, "to"),
        ({"ends_at": float("nan")}, "to"),
        ({"ends_at": NOW + LONGEST_SECONDS + 1.0}, "to"),
        ({"starts_at": NOW - 7200.0, "ends_at": NOW - 3600.0}, "to"),
        ({"starts_at": float("nan")}, "from"),
        ({"starts_at": NOW + EARLIEST_SECONDS + 1.0, "ends_at": NOW + EARLIEST_SECONDS + 2.0}, "from"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(changes: dict[str, str | float], field: str) -> None:
    assert refused(replace(ORDER, **changes)) == field  # type: ignore[arg-type]  # of each field its own type


def test_only_sealed_doors_of_the_site_have_orders() -> None:
    check_door("B.03.12", ROLES)
    for door, said in (("B.03.13", "neighbour"), ("attic", "B.03.12")):
        with pytest.raises(WorkOrderRefused, match=said) as refusal:
            check_door(door, ROLES)
        assert refusal.value.field == "door"


@pytest.mark.parametrize(
    ("until", "by", "now", "field"),
    [
        (NOW + 3600.0, "Anna", NOW, "to"),
        (NOW + LONGEST_SECONDS + 1.0, "Anna", NOW, "to"),
        (float("nan"), "Anna", NOW, "to"),
        (NOW + 7200.0, "Anna", NOW + 3600.0, "id"),
        (NOW + 7200.0, "", NOW, "by"),
    ],
)
def test_an_order_is_extended_by_a_named_person_while_it_lasts(until: float, by: str, now: float, field: str) -> None:
    check_extension(ORDER, NOW + 7200.0, "Anna", NOW)
    with pytest.raises(WorkOrderRefused) as said:
        check_extension(ORDER, until, by, now)
    assert said.value.field == field


def test_an_order_is_ended_once_and_by_a_named_person() -> None:
    check_end(ORDER, "Anna", NOW - 60.0)
    for by, now, field in (("Anna", NOW + 3600.0, "id"), (" ", NOW, "by")):
        with pytest.raises(WorkOrderRefused) as said:
            check_end(ORDER, by, now)
        assert said.value.field == field


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:00:00+01:00"),
        ("2026-07-01 09:00:30", "2026-07-01T09:00:30+02:00"),
        ("2026-11-24T09:00Z", "2026-11-24T10:00:00+01:00"),
        ("2026-10-25T02:30+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_times_without_offset_are_the_sites(text: str, meant: str) -> None:
    assert write_moment(read_moment(text, ROME), ROME) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "no date and time"),
        ("2026-11-24", "no time of day"),
        ("2026-10-25T02:30", "with its offset"),
        ("2026-03-29T02:30", "with its offset"),
    ],
)
def test_times_that_are_none_or_not_clear_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_moment(text, ROME)
