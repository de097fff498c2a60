"""A later version, with one more step of the schema, takes the parts' place one by one, and one of them goes back."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from vigilanza.app.drill import PARTS
from vigilanza.clock import SystemClock
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.otherversion import OtherVersion
from vigilanza.lab.drill.box.play import play
from vigilanza.lab.drill.kinds.upgrade import upgrade
from vigilanza.store.schema import HEAD

STEP = f"""
import sqlalchemy as sa
revision, down_revision = "9999", "{HEAD}"

def upgrade(op):
    op.add_column("events", sa.Column("later", sa.Text, server_default="so"))
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
"""


def later_version(folder: Path) -> Path:
    source = folder / "src"
    shutil.copytree(ROOT / "src" / "vigilanza", source / "vigilanza", ignore=shutil.ignore_patterns("__pycache__"))
    store = source / "vigilanza" / "store"
    (store / "migrations" / "v9999_later.py").write_text(STEP, encoding="utf-8")
    schema = (store / "schema.py").read_text("utf-8")
    assert schema.count(f'HEAD = "{HEAD}"') == 1
    (store / "schema.py").write_text(schema.replace(f'HEAD = "{HEAD}"', 'HEAD = "9999"'), encoding="utf-8")
    return source


@pytest.mark.timeout(
    300
)  # an interpreter that is not forked starts in seconds, on a machine that has others to do in many
def test_no_alert_is_lost_while_versions_work_side_by_side(tmp_path: Path) -> None:
    source = later_version(tmp_path)
    later = {name: OtherVersion(name, source) for name in PARTS}
    whole = upgrade(PARTS, later, database="sqlite", told="brought forward +.*to=9999")
    kind = replace(whole, needs=Needs(parties=("webhook", "room")))
    outcome = play("upgrade", kind, PARTS, seed=0, clock=SystemClock())
    assert outcome.good, outcome
    assert sum(outcome.faults.values()) == len(kind.needs.parts) + 2
    assert outcome.account.owed > 0
