"""`vigilanza simulate --city`: simulated sites before a real centre; the figures come from what arrived there."""

import os
import threading
from pathlib import Path

import pytest

from tests.centre import new_key
from tests.commands import Command
from vigilanza.app.freeport import free_port
from vigilanza.clock import SystemClock
from vigilanza.lab.bench.table import BEGIN, END
from vigilanza.lab.sites.centre import Centre
from vigilanza.lab.sites.measure import Load, measure
from vigilanza.lab.sites.town import Town
from vigilanza.store.evidence.signature import SigningKey

TOWN = Town(sites=5, doors=3)
TIMES = 40_000.0


def test_a_small_city_is_measured_and_told(tmp_path: Path) -> None:
    page = tmp_path / "sizing.md"
    page.write_text(f"# Sizing\n{BEGIN}\n{END}\n", "utf-8")
    arguments = ("--sites=5", "--doors=3", f"--times={TIMES}", "--seconds=6", "--markdown", page)
    with Command("simulate", "--city", *arguments, folder=tmp_path) as command:
        assert command.process.wait(110) == 0, command.printed
        assert "lost 0; doubled 0; out of order 0" in command.printed
    assert "5 sites of 3 doors" in page.read_text("utf-8")
    assert (tmp_path / "sizing.svg").read_text("utf-8").startswith("<svg")


def test_what_a_centre_does_not_take_is_told_as_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilanza.lab.sites.measure.GIVE_UP_S", 8.0)
    with Centre(TOWN, folder=tmp_path, page_port=free_port(0, "test"), environ=os.environ) as centre:
        victim = TOWN.names[0]
        centre.keys[victim] = SigningKey.read(new_key(tmp_path, "of-somebody-else").read_bytes())
        load = Load(factor=TIMES, seconds=6.0, seed=1)
        found = measure(TOWN, load, centre=centre, folder=tmp_path, clock=SystemClock(), stop=threading.Event())
    began = TOWN.happenings(factor=load.factor, seconds=load.seconds, seed=load.seed, began=0.0)
    assert found.verdict.sent == len(began)
    assert found.verdict.lost == sum(1 for one in began if one.site == victim) > 0
    assert not found.verdict.good
    assert 0 < found.shown.count < len(began)
    assert found.shown.p50 is not None
    assert found.recorded.p50 is not None
    assert 0.0 < found.recorded.p50 < found.shown.p50
