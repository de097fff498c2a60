"""What `vigilanza bridge status` says of a destination with two paths."""

import io
import json
from pathlib import Path

from rich.console import Console

from tests.fakes import FakeClock
from tests.samples import BEGAN
from tests.unit.test_config_dc09 import ARC, SITE, UNITS
from vigilanza.app.linestatus import line_status
from vigilanza.app.memory import open_memory
from vigilanza.config import Config, load
from vigilanza.domain.delivery import SignOfLife
from vigilanza.store.lines import Lines, path_line

FIRST, SECOND = "arc.example.org:7700", "arc2.example.org:7700"


def status(config: Config, clock: FakeClock, *, as_json: bool) -> tuple[int, str]:
    told = io.StringIO()
    code = line_status(config, clock=clock, console=Console(file=told, width=200), as_json=as_json)
    return code, told.getvalue()


def test_both_paths_are_shown_and_the_dead_one_is_named(tmp_path: Path) -> None:
    path, clock = tmp_path / "cameras.yaml", FakeClock(BEGAN)
    path.write_text(SITE + UNITS + ARC.replace(f'"{FIRST}"', f'"{FIRST}", "{SECOND}"'), "utf-8")
    config = load(path, environ={})
    memory = open_memory(config, clock=clock)
    lines = Lines(memory.engine)
    lines.found("arc", SignOfLife(0.02), clock.now())
    lines.found(path_line("arc", FIRST), SignOfLife(0.02), clock.now())
    code, told = status(config, clock, as_json=True)
    assert code == 1
    assert json.loads(told)["complaints"] == [f"path {SECOND} was never tried"]
    lines.lost(path_line("arc", SECOND), f"{SECOND}: no answer that counts", clock.now())
    lines.lost(path_line("arc", "gone.example.org:7700"), "taken out of the configuration", clock.now())
    memory.engine.dispose()
    code, told = status(config, clock, as_json=True)
    found = json.loads(told)
    assert (code, found["line"]) == (1, "up")
    assert [(one["path"], one["line"]) for one in found["paths"]] == [(FIRST, "up"), (SECOND, "down")]
    assert found["complaints"] == [f"path {SECOND} is down: no answer that counts"]
    code, told = status(config, clock, as_json=False)
    assert [line.split()[:2] for line in told.splitlines()[2:4]] == [[FIRST, "up"], [SECOND, "down"]]
    assert told.splitlines()[-1] == f"arc: path {SECOND} is down: no answer that counts"
