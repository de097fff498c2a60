"""What watch tells of itself at two times, and what follows from it."""

import os
from pathlib import Path

import pytest

from vigilanza.lab.bench.many import Span, quantile
from vigilanza.lab.bench.ours import Figures

PACKETS = "vigilanza_capture_packets_total"
AGE = "vigilanza_capture_frame_age_seconds"


def told(folder: Path, at: float, *parts: str) -> Figures:
    """What watch wrote at `at`, a file for each of its processes."""
    state = folder / f"{at:.0f}" / "state"
    state.mkdir(parents=True)
    for number, text in enumerate(parts):
        path = state / f"watch{number}.prom"
        path.write_text(text, "utf-8")
        os.utime(path, (at, at))
    return Figures.read(state.parent)


def packets(**counts: int) -> str:
    lines = [f'{PACKETS}{{camera="{stream.replace("_", "/")}"}} {count}' for stream, count in counts.items()]
    return "\n".join([f"# TYPE {PACKETS} counter", *lines]) + "\n"


def ages(camera: str, late: int = 0, **counts: int) -> str:
    bounds = {bound[1:].replace("_", "."): count for bound, count in counts.items()}
    lines = [f'{AGE}_bucket{{camera="{camera}",late="{late}",le="{bound}"}} {n}' for bound, n in bounds.items()]
    return "\n".join([f"# TYPE {AGE} histogram", *lines]) + "\n"


def test_packets_that_did_not_come_are_missing(tmp_path: Path) -> None:
    first = told(tmp_path, 1000.0, packets(a=10, a_main=15), packets(b=10))
    assert not Span(first, told(tmp_path, 1020.0, packets(a=210, a_main=315), packets(b=210))).missing()
    # A second at either end may be on its way: of 250 and 375, all but 20 and 30 must have come.
    last = told(tmp_path, 1025.0, packets(a=210, a_main=360), packets(b=240))
    assert Span(first, last).missing() == pytest.approx({"a": 30.0})


def test_each_process_is_asked_about_the_time_at_which_it_wrote(tmp_path: Path) -> None:
    first = told(tmp_path, 1000.0, packets(a=10), packets(b=10))
    last = told(tmp_path, 1020.0, packets(a=210), packets(b=170))
    os.utime(tmp_path / "1020" / "state" / "watch1.prom", (1016.0, 1016.0))
    assert Span(first, last).missing() == {"b": 20.0}
    assert not Span(first, Figures.read(tmp_path / "1020")).missing()


def test_the_age_is_the_bucket_that_holds_all_but_a_thousandth(tmp_path: Path) -> None:
    first = told(tmp_path, 1000.0, ages("a", _0_1=100, _1_0=100, _Inf=500))
    rest = ages("b", _0_1=0, _1_0=999, _Inf=999)
    last = told(tmp_path, 1005.0, ages("a", _0_1=1100, _1_0=1100, _Inf=1500), rest)
    assert Span(first, last).age(0.999, late=False) == 1.0
    assert Span(first, last).age(0.5, late=False) == 0.1
    worse = told(tmp_path, 1010.0, ages("a", _0_1=1100, _1_0=1100, _Inf=1510), rest)
    assert Span(first, worse).age(0.999, late=False) == float("inf")


def test_pictures_decoded_late_are_told_apart(tmp_path: Path) -> None:
    first = told(tmp_path, 1000.0, packets(a=1))
    last = told(tmp_path, 1005.0, ages("a", late=1, _0_1=0, _2_0=50, _Inf=50))
    assert Span(first, last).age(0.999, late=True) == 2.0
    assert Span(first, last).age(0.999, late=False) is None
    assert quantile({0.1: 0.0, float("inf"): 0.0}, 0.999) is None
