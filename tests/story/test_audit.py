"""`vigilanza audit`, and the check points that a running page writes."""

import errno
import sqlite3
from pathlib import Path
from typing import TextIO

import pytest
from sqlalchemy import Engine

from tests.commands import ENVIRON, Command, wait_until
from tests.story.test_evidence import path, ran, remember
from vigilanza.app.auditing import export_audit
from vigilanza.cli.verdict import words
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.store.evidence.finding import Code

__all__ = ["path"]


def test_the_page_signs_check_points_and_a_chain_cut_off_is_found(path: Path, tmp_path: Path) -> None:
    memory, incident = remember(path)
    seal = ["evidence", "seal", str(incident), "--config", str(path), "--out", str(tmp_path / "out")]
    seal += ["--for", "Procura", "--reason", "prot. 12/26", "--by", "m.rossi", "--granted-by", "a.bianchi"]
    ran(*seal, folder=tmp_path, code=0)
    copies = tmp_path / "state" / "audit-checkpoints.ndjson"
    with Command("web", "--config", path, folder=tmp_path) as web:
        wait_until("a check point", lambda: copies.exists() and copies.read_text("utf-8").endswith("\n"))
        assert web.end() == 0
    verify = ["audit", "verify", "--config", str(path)]
    held = ran(*verify, "--language", "it", folder=tmp_path, code=0)
    assert "La catena del registro è intatta: righe 3." in held.printed
    assert "I punti di controllo firmati concordano con il registro: 1." in held.printed
    export = tmp_path / "audit.ndjson"
    ran("audit", "export", "--config", path, "--out", export, "--by", "dpo", folder=tmp_path, code=0)
    key = tmp_path / "office.pem"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran("audit", "verify", export, "--key", key, folder=elsewhere, code=0)
    again = ran("audit", "export", "--config", path, "--out", export, "--by", "dpo", folder=tmp_path, code=2)
    assert "--out" in again.log
    none = tmp_path / "none.ndjson"
    refused = ran(
        "audit", "export", "--config", path, "--out", none, "--by", "dpo", "--from", "99", folder=tmp_path, code=1
    )
    assert "there is no audit record 99" in refused.log
    assert not none.exists()
    export.write_text("".join(export.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    spoilt = ran("audit", "verify", export, "--key", key, "--language", "en", folder=elsewhere, code=1)
    assert "Before audit record no. 2 at least one is missing" in spoilt.printed
    memory.engine.dispose()
    with sqlite3.connect(tmp_path / "vigilanza.db") as database:
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute("DROP TRIGGER audit_checkpoints_no_delete")
        database.execute("DELETE FROM audit")
        database.execute("DELETE FROM audit_checkpoints")
        database.execute("UPDATE meta SET value = 0 WHERE name = 'audit'")
    database.close()
    cut = ran(*verify, "--language", "en", folder=tmp_path, code=1)
    assert "The audit chain is cut off at its end: records there and records written: 0 / 3." in cut.printed


def test_an_export_for_which_the_disk_is_too_small_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_engine: Engine, target: TextIO, **_: object) -> int:
        target.write("half a record")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("vigilanza.app.auditing.export_records", fill)
    target, config = tmp_path / "audit.ndjson", load(path, environ=dict(ENVIRON))
    with pytest.raises(OSError, match="No space left"):
        export_audit(config, target, first=1, by="dpo", clock=SystemClock())
    assert not target.exists()
    target.write_text("another export")
    with pytest.raises(FileExistsError):
        export_audit(config, target, first=1, by="dpo", clock=SystemClock())
    assert target.read_text() == "another export"


@pytest.mark.parametrize("code", Code)
def test_everything_that_may_be_found_has_words(code: Code) -> None:
    italian, english = words(code)
    assert italian != english
    assert ("{about}" in italian) == ("{about}" in english)
