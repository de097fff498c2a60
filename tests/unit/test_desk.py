"""When a watch has nothing under way any more: a real desk, its loops turned by hand."""

from pathlib import Path

from tests.commands import ENVIRON, configuration
from tests.fakes import FakeClock
from tests.samples import break_in
from vigilanza.app.desk import Desk
from vigilanza.app.share import Share
from vigilanza.config import load


def test_what_is_seen_but_not_yet_recorded_is_under_way(tmp_path: Path) -> None:
    desk = Desk.open(
        load(configuration(tmp_path, "dev_pos_two_fast_kick"), environ=dict(ENVIRON)), Share(), FakeClock()
    )
    try:
        assert desk.idle
        desk.put(break_in("a", count=2))
        assert not desk.idle, "it has no pictures yet"
        assert desk.recorder.run_once()
        assert desk.idle, "no camera of this desk saw it"
    finally:
        desk.spool.close()
        desk.memory.engine.dispose()
