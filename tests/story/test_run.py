"""`vigilanza run`: from a camera's packets to the receipts, over real RTSP and HTTPS, and its end."""

import io
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import httpx
import pytest

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, children_of, command_line, configuration, wait_until
from tests.webhook import SECRET
from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.page_operator import Operator
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"
NAME, PASSWORD = "anna", "a long enough password"
CLIP_AFTER_S = 5.0


@pytest.fixture
def camera() -> Iterator[CameraServer]:
    """Plays the break-in from its beginning to whoever comes first."""
    with CameraServer(
        {"/cam": VIDEOS / f"{CLIP}.mp4"}, begin="first_play", user=USER, password=CAMERA_PASSWORD
    ) as server:
        yield server


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[dict[str, StubCity]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(StubCity(directory=tmp_path / name, secret=SECRET)) for name in ("vms", "room")
        }


def first_operator(run: Command) -> Operator:
    """Made as on a new box: with the code from the log."""
    code = run.said(r"first one with this code\s+code=(\S+)")[1]
    address = run.said(r"page is up\s+address=(\S+)/")[1]
    asked = httpx.post(
        f"{address}/api/setup",
        json={"name": NAME, "password": PASSWORD, "code": code},
        headers={"origin": address, "x-vigilanza": "1"},
        trust_env=False,
    )
    assert asked.status_code == 200
    return Operator(address=address, name=NAME, password=PASSWORD)


def of_kind(city: StubCity, kind: str) -> ReceivedAlert:
    """The first alert of a kind of event."""
    found = wait_until(
        f"an alert of {kind}", lambda: [alert for alert in city.received if alert.event["data"].get("kind") == kind]
    )
    return found[0]


def medium(operator: Operator, incident: str, kind: str, until: float) -> dict[str, Any]:
    """The incident's clip or still that shows the time `until`."""
    found = wait_until(
        f"a {kind} until {until}",
        lambda: [
            item
            for item in operator.incident(incident)["media"]
            if item["kind"] == kind and item["at"] <= until <= item["until"]
        ],
    )
    return dict(found[0])


def pid_of(run: Command, part: str, *, number: int = 1) -> int:
    """The process of a part at its `number`-th start."""
    started = wait_until(
        f"start {number} of {part}",
        lambda: re.findall(rf"part started\s+started={part} pid=(\d+)", run.log)[number - 1 :],
    )
    return int(started[0])


def test_a_break_in_reaches_everybody_it_should_and_nobody_else(
    camera: CameraServer, cities: dict[str, StubCity], tmp_path: Path
) -> None:
    vms, room = cities["vms"], cities["room"]
    config = configuration(tmp_path, CLIP, camera_url=camera.url("/cam"), cities=cities)
    with ExitStack() as stack:
        run = stack.enter_context(Command("run", "--config", config, folder=tmp_path))
        operator = stack.enter_context(closing(first_operator(run)))
        told = vms.wait_for(1, timeout=60)[0].event
        assert (told["data"]["status"], told["data"]["unit"]) == ("unconfirmed", "S")
        incident = told["data"]["incident"]
        assert room.requests == 0

        operator.confirm(incident, 3)
        assert room.wait_for(1)[0].event["type"] == "it.aler.vigilanza.incident.confirmed.v1"
        deliveries = wait_until("all receipts", lambda: receipts(operator, incident))
        assert {item["destination"] for item in deliveries} == {"vms", "room"}
        check_pictures(operator, incident, began=camera.started_at or 0.0)
        check_figures(run)

        relay = pid_of(run, "relay")
        signal_now(relay)
        assert pid_of(run, "relay", number=2) != relay
        camera.unplug()
        lost = of_kind(vms, "camera_lost").event["data"]
        assert lost["unit"] is None
        since = datetime.fromisoformat(lost["evidence"][0]["at"]).astimezone(ZoneInfo("Europe/Rome"))
        assert lost["sentence"]["en"] == f"Camera cam: no signal at {since:%H:%M:%S}"
        camera.plug_in()
        assert of_kind(vms, "restored").event["data"]["incident"] == lost["incident"]
        check_end(run)
    check_kept(tmp_path)


def receipts(operator: Operator, incident: str) -> list[dict[str, Any]]:
    """All deliveries of the incident, once each has its receipt; else none."""
    deliveries = list(operator.incident(incident)["deliveries"])
    paid = all(item["state"] == "acknowledged" and "city-" in item["receipt"] for item in deliveries)
    return deliveries if paid else []


def check_pictures(operator: Operator, incident: str, *, began: float) -> None:
    """A still of the moment, and one whole clip from 15 s before (or the first picture) to 5 s after; no sound."""
    event = operator.incident(incident)["events"][0]
    still = medium(operator, incident, "still", event["at"])
    with av.open(io.BytesIO(operator.picture(still["url"])), "r", format="jpeg_pipe") as picture:
        assert next(picture.decode(video=0)).width == 640
    clip = medium(operator, incident, "clip", event["at"] + CLIP_AFTER_S - 0.2)
    first_picture = began + 2.0 + 0.5  # key frames come every 2 s; half a second to travel
    assert clip["at"] <= max(event["at"] - 15.0, first_picture)
    starts = [item["at"] for item in operator.incident(incident)["media"] if item["kind"] == "clip"]
    assert starts.count(clip["at"]) == 1
    with av.open(io.BytesIO(operator.picture(clip["url"])), "r") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        pictures = sum(1 for _ in container.decode(video=0))
    assert pictures >= 10 * (clip["until"] - clip["at"]) * 0.9


def check_figures(run: Command) -> None:
    """The figures of all parts are on one page."""
    address = run.said(r"page is up\s+address=(\S+)/")[1]

    def figures() -> bool:
        text = httpx.get(f"{address}/metrics", trust_env=False).text
        wanted = (
            r'frames_total{camera="cam"}',
            r"events_recorded_total [1-9]",
            r'owed{destination="vms"}',
            r"web_streams",
            r'door_pixels_per_metre{camera="cam",door="S"} [1-9]',
            r'door_compared{camera="cam",door="S"} [01]\.0',
        )
        return all(re.search(part, text) for part in wanted)

    assert wait_until("the figures of all parts", figures)


def check_kept(folder: Path) -> None:
    """What was kept is for our account alone, and has no secret in it."""
    kept = [path for name in ("media", "state") for path in (folder / name).rglob("*")]
    kept += [folder / "media", folder / "state", *folder.glob("vigilanza.db*")]
    assert {path.suffix for path in kept} >= {".mp4", ".jpg", ".db", ".npz"}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".mp4")
    for secret in (CAMERA_PASSWORD, SECRET.removeprefix("whsec_"), PASSWORD):
        assert secret.encode() not in content


def signal_now(pid: int) -> None:
    """Kill one part, of which nothing but its process id is known."""
    os.kill(pid, signal.SIGKILL)


def check_end(run: Command) -> None:
    """SIGTERM ends all of it, in good order."""
    parts = children_of(run.process.pid)
    assert {line.split("vigilanza ")[1].split()[0] for line in parts.values()} == {"watch", "relay", "web"}
    assert run.end() == 0
    assert not [pid for pid, line in parts.items() if line and command_line(pid) == line]


def test_a_watch_that_dies_again_and_again_ends_all_with_70(tmp_path: Path) -> None:
    with Command("run", "--config", configuration(tmp_path, CLIP), folder=tmp_path) as run:
        for part in ("relay", "web"):
            signal_now(pid_of(run, part))
        for number in range(1, 6):
            signal_now(pid_of(run, "watch", number=number))
        parts = children_of(run.process.pid)
        assert run.process.wait(60) == 70
        assert "giving up" in run.log
        assert len(re.findall(r"part started\s+started=(?:relay|web)", run.log)) == 4
        assert not [pid for pid, line in parts.items() if line and command_line(pid) == line]


@pytest.mark.parametrize("command", ["run", "relay"])
def test_a_wrong_configuration_is_said_and_ends_with_78(command: str, tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    config.write_text(config.read_text().replace("analysis_fps", "analysis_ftp"))
    with Command(command, "--config", config, folder=tmp_path) as started:
        assert started.process.wait(60) == 78
        assert "analysis_fps" in started.log
        assert "Traceback" not in started.log


def test_no_part_ends_because_the_database_is_away(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    config.write_text(config.read_text().replace("sqlite:///vigilanza.db", "postgresql://127.0.0.1:9/vigilanza"))
    with Command("run", "--config", config, folder=tmp_path) as run:
        run.said("the page waits for it")
        run.said("events are spooled")
        assert "part ended" not in run.log
        assert run.end() == 0
        assert CAMERA_PASSWORD not in run.log


def test_no_part_waits_for_the_look_of_the_whole_at_a_silent_database(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/vigilanza"
        config.write_text(config.read_text("utf-8").replace("sqlite:///vigilanza.db", url), "utf-8")
        with Command("run", "--config", config, folder=tmp_path) as run:
            run.said("database is away")
            assert run.log.index("part started") < run.log.index("database is away")
            assert run.end() == 0
