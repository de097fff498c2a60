"""The delivery drill, short: everything breaks at random and every alert arrives. And both ends on one machine."""

from pathlib import Path

import yaml

from tests.commands import Command
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.lab.drill.bridge import Stage, play
from vigilanza.lab.drill.parties import PARTIES, all_parties


def test_no_alert_is_lost_doubled_or_out_of_order_whatever_breaks(tmp_path: Path) -> None:
    parties = all_parties(tmp_path)
    destinations = [Destination(party.name, DestinationKind(party.settings()["kind"])) for party in parties]
    stage = Stage(tmp_path, parties, destinations)
    told: list[str] = []
    verdicts = play(stage, incidents=6, pause=0.5, seed=3, clock=SystemClock(), say=told.append)
    assert [one for one in verdicts if not one.good] == []
    assert [one.owed for one in verdicts] == [
        30 if one.kind is DestinationKind.MUNICIPAL_VMS else 24 for one in destinations
    ]
    assert "misbehave" in told[0]


def test_the_lab_shows_what_arrives(tmp_path: Path) -> None:
    with Command("lab", "city", "--folder", tmp_path / "city", folder=tmp_path) as city:
        city.printed_when("export DRILL_WEBHOOK_SECRET=whsec_")
        written = yaml.safe_load((tmp_path / "city" / "destinations.yaml").read_text("utf-8"))
        assert len(written["destinations"]) == len(PARTIES)
        secrets = dict(
            line.removeprefix("export ").split("=", 1) for line in city.printed.splitlines() if "export" in line
        )
        document = {
            "site": {"id": "0423", "name": "via Esempio 4"},
            "cameras": [{"id": "cam", "source": "rtsp://127.0.0.1:9/none"}],
            **written,
        }
        config = tmp_path / "vigilanza.yaml"
        config.write_text(yaml.safe_dump(document), encoding="utf-8")
        environ = dict(secrets)
        with Command("relay", "--config", config, environ=environ, folder=tmp_path):
            arguments = ("bridge", "test", "city-webhook", "--by", "Ivo", "--config", config)
            with Command(*arguments, environ=environ, folder=tmp_path) as test:
                assert test.process.wait(60) == 0
        city.printed_when("city-webhook: incident .*, number 0")
        assert city.end() == 0
