"""Which parts of a box give no sign of life."""

import os
from pathlib import Path

from tests.fakes import FakeClock
from vigilanza.app.figures import STALE_S
from vigilanza.app.pulse import Pulse


def write(state: Path, part: str, at: float) -> None:
    path = state / f"{part}.prom"
    path.touch()
    os.utime(path, (at, at))


def test_a_part_is_silent_a_minute_after_its_last_figures(tmp_path: Path) -> None:
    clock = FakeClock()
    pulse = Pulse(tmp_path, ["watch-1", "watch-2", "relay"], clock=clock)
    write(tmp_path, "watch-2", clock.now() - 3600.0)
    assert pulse.silent() == ()
    clock.advance(STALE_S + 1.0)
    write(tmp_path, "relay", clock.now())
    assert pulse.silent() == ("watch-1", "watch-2")
    write(tmp_path, "watch-1", clock.now())
    write(tmp_path, "watch-2", clock.now())
    assert pulse.silent() == ()
    clock.advance(STALE_S + 1.0)
    assert pulse.silent() == ("watch-1", "watch-2", "relay")
