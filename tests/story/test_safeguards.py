"""A new destination gets nothing, and a mask stays, until two persons agreed at the command line."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, wait_until
from tests.webhook import SECRET
from vigilanza.lab.city import StubCity
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_neg_timer_light_on_off"
AGREED = ("--by", "Ivo", "--approved-by", "Lea", "--reason", "prot. 7/26")


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[dict[str, StubCity]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(StubCity(directory=tmp_path / name, secret=SECRET)) for name in ("vms", "press")
        }


def vigilanza(folder: Path, config: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of one command."""
    with Command(*arguments, "--config", config, folder=folder) as command:
        code = command.process.wait(60)
        return code, command.printed, command.log


def started(folder: Path, config: Path) -> str:
    """The log of a page that was up, and was ended."""
    with Command("web", "--config", config, folder=folder) as command:
        command.said("page is up")
        assert command.end() == 0
        return command.log


def rewritten(config: Path, change: dict[str, Any]) -> None:
    document = yaml.safe_load(config.read_text("utf-8"))
    for key, value in change.items():
        document[key] = {**document[key], **value} if isinstance(value, dict) else value
    config.write_text(yaml.safe_dump(document), "utf-8")


def test_a_new_destination_is_told_once_two_persons_agreed(tmp_path: Path, cities: dict[str, StubCity]) -> None:
    config = configuration(tmp_path, CLIP, cities={"vms": cities["vms"]})
    assert "waits" not in started(tmp_path, config)
    both = configuration(tmp_path, CLIP, cities=cities)
    rewritten(both, {"storage": {"retention_hours": 72, "retention_reason": "furti"}})
    assert "retention: 24 h -> 72 h" in started(tmp_path, config)
    code, printed, errors = vigilanza(tmp_path, config, "bridge", "test", "press", "--by", "Ivo")
    assert (code, printed) == (78, "")
    assert "no destination press; there are vms; it waits for a second person" in errors
    code, printed, _ = vigilanza(tmp_path, config, "safeguards", "show")
    assert code == 1
    assert re.fullmatch(
        r"retention: 24 h -> 72 h\ndestination_new press: - -> kind=municipal_vms, .*url=https://\S+.*\n", printed
    )
    alone = ("--by", "Ivo", "--approved-by", "ivo ", "--reason", "prot. 7/26")
    code, _, errors = vigilanza(tmp_path, config, "safeguards", "approve", *alone)
    assert (code, errors) == (2, "--approved-by: a second person must approve what protects less\n")
    assert vigilanza(tmp_path, config, "safeguards", "approve", *AGREED)[0] == 0
    assert vigilanza(tmp_path, config, "safeguards", "show") == (0, "", "")
    with Command("relay", "--config", config, folder=tmp_path) as relay:
        assert vigilanza(tmp_path, config, "bridge", "test", "press", "--by", "Ivo")[0] == 0
        assert relay.end() == 0
    assert [alert.event["data"]["status"] for alert in cities["press"].received] == ["test"]
    code, printed, _ = vigilanza(tmp_path, config, "safeguards", "approve", *AGREED)
    assert (code, printed) == (2, "")


def test_a_door_that_is_taken_out_of_the_file_is_watched_until_two_persons_agreed(tmp_path: Path) -> None:
    with CameraServer({"/cam": VIDEOS / f"{CLIP}.mp4"}, user=USER, password=CAMERA_PASSWORD) as server:
        config = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        sealed = watched_doors(tmp_path, config)[0]
        assert sealed
        document = yaml.safe_load(config.read_text("utf-8"))
        rewritten(config, {"cameras": [{**document["cameras"][0], "doors": []}]})
        doors, log = watched_doors(tmp_path, config)
        assert doors == sealed
        for door in sealed:
            assert f"door_gone cam {door}: sealed -> -" in log
        assert vigilanza(tmp_path, config, "safeguards", "approve", *AGREED)[0] == 0
        doors, log = watched_doors(tmp_path, config)
        assert doors == set()
        assert "waits" not in log


def watched_doors(folder: Path, config: Path) -> tuple[set[str], str]:
    """Which doors a watch has in its pictures, and its log."""
    figures = folder / "state" / "watch.prom"
    figures.unlink(missing_ok=True)
    with Command("watch", "--config", config, folder=folder) as command:
        seen = r'analysed_width_px\{camera="cam"\} [1-9]'
        text = wait_until("a picture", lambda: told if re.search(seen, told := _read(figures)) else None)
        assert command.end() == 0
        return set(re.findall(r'door="([^"]+)"', text)), command.log


def _read(figures: Path) -> str:
    return figures.read_text("utf-8") if figures.exists() else ""
