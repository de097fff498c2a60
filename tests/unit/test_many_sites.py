"""What the measurement of many sites says, of what it found."""

from dataclasses import replace
from uuid import UUID
from xml.etree import ElementTree

import pytest

from vigilanza.lab.bench.machine import Machine
from vigilanza.lab.bench.table import BEGIN, END, paste
from vigilanza.lab.sites.centre import DATABASE, INTAKE, NATS, PAGE
from vigilanza.lab.sites.curve import curve
from vigilanza.lab.sites.row import CONNECTION, SITES, Delay, Row, knee
from vigilanza.lab.sites.table import conclusion, document
from vigilanza.lab.sites.town import Town
from vigilanza.lab.sites.verdict import Told, Verdict, judge

ONE, TWO = UUID(int=1), UUID(int=2)
SENT: list[Told] = [("a", ONE, 0), ("a", ONE, 1), ("b", TWO, 0), ("a", ONE, 2)]
CPU = {INTAKE: 0.1, CONNECTION: 0.05, DATABASE: 0.1, NATS: 0.02, PAGE: 0.2, SITES: 0.1}


def row(factor: float, p95: float, cpu: dict[str, float] | None = None) -> Row:
    shown = Delay(100, p95 / 2, p95, 2 * p95)
    return Row(
        factor=factor,
        seconds=60.0,
        offered=factor / 2,
        taken=factor / 2,
        recorded=shown,
        shown=shown,
        waiting=0,
        pulses=16.7,
        list_p95_s=0.02,
        message_bytes=750.0,
        stored_bytes=3000.0,
        log_bytes=5000.0,
        cpu=CPU | (cpu or {}),
        machine=0.4,
        cores=2,
        attempts_failed=0,
        verdict=Verdict(100, 0, 0, 0, 0),
    )


ROWS = [row(1, 0.8), row(10, 0.9), row(100, 3.5, {INTAKE: 0.6, CONNECTION: 0.35}), row(200, 30.0, {PAGE: 0.99})]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (SENT, Verdict(4, 0, 0, 0, 0)),
        ([SENT[2], SENT[0], SENT[1], SENT[3]], Verdict(4, 0, 0, 0, 0)),  # sites have no order among each other
        (SENT[1:], Verdict(4, 1, 0, 0, 0)),
        ([*SENT, SENT[0]], Verdict(4, 0, 1, 0, 0)),
        ([SENT[1], SENT[0], SENT[2], SENT[3]], Verdict(4, 0, 0, 1, 0)),
        ([*SENT, ("b", ONE, 0)], Verdict(4, 0, 0, 0, 1)),
    ],
    ids=["all", "sites apart", "lost", "doubled", "disordered", "strange"],
)
def test_what_is_not_there_once_and_in_its_order_is_found(there: list[Told], wanted: Verdict) -> None:
    assert judge(SENT, there) == wanted
    assert wanted.good == (there in (SENT, [SENT[2], SENT[0], SENT[1], SENT[3]]))


def test_the_knee_is_the_first_rate_that_is_not_shown_in_time_and_names_what_is_full_there() -> None:
    assert knee(ROWS) is ROWS[2]
    said = conclusion(ROWS)
    assert "after 5.0 a second, at 50.0 events a second (100 times the busiest hour)" in said
    assert f"the one intake ({INTAKE} and its PostgreSQL connection, in turn), at 95 %" in said
    assert knee([row(1, 2.5), *ROWS[1:]]) is ROWS[2], "it was disturbed at a rate below one at which it keeps up"
    assert knee(ROWS[:2]) is None
    assert knee(ROWS[2:]) is ROWS[2]
    assert "No knee was reached" in conclusion(ROWS[:2])


def test_a_rate_at_which_nothing_was_shown_does_not_keep_up() -> None:
    assert not replace(ROWS[0], shown=Delay(0, None, None, None)).keeps_up


def test_the_document_gets_every_rate_and_the_curve_between_its_marks() -> None:
    machine = Machine("a processor", 2, 2**30, "a system", 0.5, {})
    told = document(ROWS, town=Town(1000, 12), machine=machine, at=0.0, drawing="curve.svg")
    assert "1000 sites of 12 doors" in told
    assert "(curve.svg)" in told
    assert all(f"| {one.factor:g} | {one.offered:.2f} |" in told for one in ROWS)
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert paste(told, page) == f"before\n{BEGIN}\n{told}{END}\nafter\n"


def test_the_curve_is_a_drawing_with_a_point_of_each_rate_and_the_knee() -> None:
    drawn = ElementTree.fromstring(curve(ROWS))
    lines = [one.get("points", "").split() for one in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(line) for line in lines] == [4, 4, 4]
    assert "knee" in {one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")}
    falling = [float(point.split(",")[1]) for point in lines[1]]
    assert falling == sorted(falling, reverse=True), "a longer delay stands higher"
