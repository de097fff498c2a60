"""A part that stands by, and dies there; a real process."""

from pathlib import Path

from vigilanza.app.standby import StandBy


def test_one_that_has_ended_before_its_turn_is_let_go_like_any_other(tmp_path: Path) -> None:
    after = StandBy("watch", "--config", str(tmp_path / "none.yaml"))
    after.process.wait(60)
    assert after.is_ready(), "or has ended"
    after.go()
    assert after.process.stdin is not None
    after.process.stdin.close()
    assert after.process.poll() == 78
