"""`vigilanza bridge`: an integrator sends a test through the whole chain and sees how each line is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Command, configuration, wait_until
from tests.webhook import SECRET
from vigilanza.lab.city import StubCity
from vigilanza.lab.misbehaviour import Answer

CLIP = "dev_neg_timer_light_on_off"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[StubCity]:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        yield city


def bridge(folder: Path, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and errors of one command."""
    with Command("bridge", *arguments, folder=folder) as command:
        code = command.process.wait(60)
        return code, command.printed, command.log


def test_a_test_is_told_step_by_step_up_to_its_receipt(tmp_path: Path, city: StubCity) -> None:
    config = configuration(tmp_path, CLIP, cities={"room": city})
    city.script(Answer(503))
    with Command("relay", "--config", config, folder=tmp_path) as relay:
        code, printed, errors = bridge(tmp_path, "test", "room", "--by", "Ivo", "--config", config)
        assert (code, errors) == (0, "")
        steps = [line.split()[2] for line in printed.splitlines()]
        assert steps == ["queued", "claimed", "postponed", "claimed", "acknowledged"]
        assert "answered 503" in printed
        assert "200 OK" in printed.splitlines()[-1]
        [alert] = city.received
        assert alert.event["type"] == "it.aler.vigilanza.bridge.test.v1"
        assert (alert.event["data"]["status"], alert.event["data"]["asked_by"]) == ("test", "Ivo")
        code, printed, _ = bridge(tmp_path, "status", "--json", "--config", config)
        told = json.loads(printed)
        assert (code, told["line"], told["owed"], told["complaints"]) == (0, "up", 0, [])
        assert told["last_receipt_at"] > told["since"] - 60
        assert relay.end() == 0


def test_a_destination_that_says_no_is_told_and_stays_owed(tmp_path: Path, city: StubCity) -> None:
    config = configuration(tmp_path, CLIP, cities={"vms": city})
    city.script(Answer(403))
    with Command("relay", "--config", config, folder=tmp_path):
        code, printed, _ = bridge(tmp_path, "test", "vms", "--by", "Ivo", "--config", config)
        assert code == 1
        assert "refused  vms: answered 403" in printed
        code, printed, _ = bridge(tmp_path, "status", "--config", config)
        assert code == 1
        assert "vms: refused alerts wait for a person" in printed


def test_without_a_relay_it_says_so(tmp_path: Path, city: StubCity) -> None:
    config = configuration(tmp_path, CLIP, cities={"vms": city})
    with Command("bridge", "test", "vms", "--by", "Ivo", "--wait", "7", "--config", config, folder=tmp_path) as command:
        assert command.process.wait(60) == 1
        assert "no relay takes it" in command.printed
        assert "no receipt in 7 s: the test stays owed" in command.printed
    code, printed, _ = bridge(tmp_path, "status", "--config", config)
    assert code == 1
    assert "vms: never tried: is the relay running?" in printed


def test_a_name_that_nobody_has_is_told_with_those_there_are(tmp_path: Path, city: StubCity) -> None:
    config = configuration(tmp_path, CLIP, cities={"vms": city})
    code, _, errors = bridge(tmp_path, "test", "vmss", "--by", "Ivo", "--config", config)
    assert (code, errors.strip()) == (78, "no destination vmss; there are vms")


def test_an_idle_line_shows_its_certificate(tmp_path: Path, city: StubCity) -> None:
    config = configuration(tmp_path, CLIP, cities={"vms": city})
    with Command("relay", "--config", config, folder=tmp_path):
        told = wait_until(
            "the line to be known",
            lambda: (
                (one := json.loads(bridge(tmp_path, "status", "--json", "--config", config)[1])).get("line") and one
            ),
        )
    assert told["certificate_until"] > told["heard_at"]
    assert told["round_trip_seconds"] < 10
