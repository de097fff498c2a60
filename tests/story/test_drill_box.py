"""The drill of a box, short: some kinds by the command, and that what is broken for good is seen."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.commands import Command, wait_until
from vigilanza.app.drill import PARTS
from vigilanza.clock import SystemClock
from vigilanza.lab.drill.box.asks import Pictured
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.box.play import play
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.all import KINDS

SHORT = ("kill-recorder", "torn-write", "clock")


def test_a_box_keeps_its_promises_whatever_breaks(tmp_path: Path) -> None:
    with Command("drill", *SHORT, "--seed", "7", folder=tmp_path) as drill:
        assert drill.process.wait(110) == 0
        lines = [line.split() for line in drill.printed.splitlines()]
    assert [line[:2] for line in lines[1:]] == [[kind, "7"] for kind in SHORT]


def test_the_kinds_are_named(tmp_path: Path) -> None:
    with Command("drill", folder=tmp_path) as drill:
        assert drill.process.wait(60) == 0
        assert [line.split()[0] for line in drill.printed.splitlines()] == list(KINDS)


def test_two_things_at_once_are_not_played(tmp_path: Path) -> None:
    with Command("drill", "kill-web", "--soak", "1", folder=tmp_path) as drill:
        assert drill.process.wait(60) == 2
        assert "either kinds of fault, or --all, or --soak" in " ".join(drill.log.split())


def pictures(box: Box) -> list[Pictured]:
    return [one for one in box.recorded.asked.values() if isinstance(one, Pictured)]


def forget(box: Box) -> None:
    """Take out of the box what it has kept: an event, and what its pictures show."""
    media = box.folder / "box" / "media"
    wait_until("a picture that is kept", lambda: box.recorded.kept & {one.id for one in pictures(box)})
    box.wait_for_work()
    box.stop()
    with closing(sqlite3.connect(box.folder / "box" / "vigilanza.db", isolation_level=None)) as database:
        (event,) = database.execute("SELECT id FROM events ORDER BY rowid LIMIT 1").fetchone()
        database.execute("DELETE FROM feed WHERE event = ?", (event,))
        database.execute("DELETE FROM events WHERE id = ?", (event,))
    for picture in media.glob("*/*.jpg"):
        picture.write_bytes(b"not what it was")
    box.start()


def test_what_is_lost_and_spoilt_is_seen() -> None:
    kind = Kind("a box forgets", forget, Needs(parties=("webhook",)), Pace(least=2), told="never said", within_s=0.0)
    outcome = play("forget", kind, PARTS, seed=0, clock=SystemClock(), enough=5.0)
    assert not outcome.good
    assert outcome.account.lost >= 1
    assert outcome.account.spoilt >= 1
    assert (outcome.untold, outcome.late) == (True, True)
