"""In which order a box is broken for long; real box, faults that only take time."""

from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeClock
from vigilanza.lab.drill.apart import APART
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.recorded import Recorded
from vigilanza.lab.drill.database import Database
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.soak import SOAKED, soak

EACH_S, LONG_S = 10.0, 3600.0


def test_each_fault_comes_equally_often_until_the_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, played, said = FakeClock(), list[str](), list[str]()

    def take_time(name: str, box: Box) -> None:
        played.append(name)
        clock.advance(EACH_S)

    faults = [Kind(name, partial(take_time, name)) for name in ("a", "b", "c")]
    monkeypatch.setattr("vigilanza.lab.drill.kinds.soak.SOAKED", faults)
    began = clock.monotonic()
    kind = soak(LONG_S, say=said.append)
    for seed in range(2):
        box = Box(
            *(kind.needs, tmp_path, {}, [], Recorded(clock), Database({}, ""), None, APART.Value("d", 0.0)),
            chance=Random(seed),
            clock=clock,
        )
        kind.play(box)
    assert LONG_S * 2 <= clock.monotonic() - began < (LONG_S + 60.0) * 2
    counts = Counter(played)
    assert set(counts) == {"a", "b", "c"}
    assert max(counts.values()) - min(counts.values()) <= 2
    assert len({tuple(played[start : start + 3]) for start in range(0, 60, 3)}) > 1, "the order is by chance"
    assert [line.split()[-1] for line in said] == played


def test_break_ins_go_on_longer_than_the_faults() -> None:
    kind = soak(LONG_S, say=print)
    events = 4
    mean_s = kind.needs.doors / kind.pace.at_once * events * kind.pace.pause / 2.0
    assert LONG_S < mean_s < 2 * LONG_S


def test_all_that_it_plays_finds_what_it_needs() -> None:
    given = soak(LONG_S, say=print).needs
    for kind in SOAKED:
        assert kind.needs.database == given.database
        assert not kind.needs.eyes
        assert not kind.needs.moments
        assert not kind.may_lose
        assert given.log_pipe >= kind.needs.log_pipe
        assert given.page >= kind.needs.page
        assert (given.disk_mb or 0) >= (kind.needs.disk_mb or 0)
