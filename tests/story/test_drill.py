"""The delivery drill, short: everything breaks at random and every alert arrives. And both ends on one machine."""

from pathlib import Path

import yaml

from tests.commands import Command
from vigilanza.clock import SystemClock
from vigilanza.lab.drill.bridge import Stage, play
from vigilanza.lab.drill.chaos import Fault
from vigilanza.lab.drill.database import database
from vigilanza.lab.drill.parties import PARTIES, all_parties, asking_vms
from vigilanza.lab.drill.story import CAMERA, CAMERAS, DOOR, break_in
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal


def test_no_alert_is_lost_doubled_or_out_of_order_whatever_breaks(tmp_path: Path) -> None:
    parties, vms = all_parties(tmp_path, CAMERAS), asking_vms()
    with database("postgresql", tmp_path) as where:
        # A seed that kills and freezes everything within seconds, and has no long pauses.
        played = play(Stage(tmp_path, parties, vms, where), incidents=10, pause=0.5, seed=2917, clock=SystemClock())
    assert [one for one in played.verdicts if not one.good] == []
    assert {one.party: one.owed for one in played.verdicts} == {
        party.name: 40 if party.name.startswith("room") else 50 for party in (*parties, vms)
    }
    assert {fault for _, fault in played.faults} == set(Fault)


def test_the_lab_shows_what_arrives(tmp_path: Path) -> None:
    with Command("lab", "city", "--folder", tmp_path / "city", folder=tmp_path) as city:
        city.printed_when("export DRILL_WEBHOOK_SECRET=whsec_")
        written = yaml.safe_load((tmp_path / "city" / "destinations.yaml").read_text("utf-8"))
        assert len(written["destinations"]) == len(PARTIES)
        secrets = dict(
            line.removeprefix("export ").split("=", 1) for line in city.printed.splitlines() if "export" in line
        )
        door = {"id": DOOR, "role": "sealed", "leaf": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7], [0.4, 0.7]]}
        document = {
            "site": {"id": "0423", "name": "via Esempio 4"},
            "cameras": [{"id": CAMERA, "source": "rtsp://127.0.0.1:9/none", "doors": [door]}],
            "units": [{"id": DOOR, "zone": 12}],
            "storage": {"database": "sqlite:///vigilanza.db"},
            **written,
        }
        config = tmp_path / "vigilanza.yaml"
        config.write_text(yaml.safe_dump(document), encoding="utf-8")
        environ = dict(secrets)
        with Command("relay", "--config", config, environ=environ, folder=tmp_path):
            for destination in ("city-webhook", "city-onvif-mqtt"):
                arguments = ("bridge", "test", destination, "--by", "Ivo", "--config", config)
                with Command(*arguments, environ=environ, folder=tmp_path) as test:
                    assert test.process.wait(60) == 0
                city.printed_when(f"{destination}: incident .*, number ")
            engine, clock = open_database(f"sqlite:///{tmp_path}/vigilanza.db"), SystemClock()
            journal = Journal(engine=engine, destinations=[], clock=clock, site="0423")
            journal.record(break_in(0, clock.now())[:1])
            city.printed_when("city-onvif-pull: incident .*, number ")
            engine.dispose()
        assert city.end() == 0
