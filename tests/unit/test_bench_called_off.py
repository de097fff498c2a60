"""A benchmark that is called off tells what it has measured by then."""

import threading
from pathlib import Path

import pytest
from rich.console import Console

from tests.fakes import FakeClock
from vigilanza.app import bench as command
from vigilanza.lab.bench.bench import Bench, Measured, Row
from vigilanza.lab.bench.contest import Stopped
from vigilanza.lab.bench.finding import Figure


def test_what_was_measured_before_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stop, begun = threading.Event(), list[str]()

    def first(_: Bench) -> Measured:
        begun.append("first")
        return Measured((Figure("ratio", 0.5),))

    def second(_: Bench) -> Measured:
        begun.append("second")
        stop.set()
        raise Stopped

    def third(_: Bench) -> Measured:
        begun.append("third")
        return Measured(())

    rows = {"first": Row("one", first), "second": Row("two", second), "third": Row("three", third)}
    monkeypatch.setattr(command, "ROWS", rows)
    console = Console(quiet=True)
    found = command.bench((), clips=tmp_path, quick=True, clock=FakeClock(), stop=stop, progress_on=console)
    assert [figure.value for figure in found.findings[0].figures] == [0.5]
    assert [one.why for one in found.findings] == [None, "called off before it was", "called off before it was"]
    assert begun == ["first", "second"]
    assert not found.complete
