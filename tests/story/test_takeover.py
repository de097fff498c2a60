"""`vigilanza run` takes over what is saved while it runs: a new door, without a restart and with nothing lost."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.broker import free_port
from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, wait_until
from tests.e2e.seed import OPERATOR, PASSWORD
from vigilanza.domain.edition import edition_of
from vigilanza.lab.simcam import CameraServer

pytestmark = pytest.mark.timeout(400)
PATIENCE = 150.0
"""Two processes in a row are started on a machine that may be busy."""
CLIP = "dev_pos_two_fast_kick"
NEW = {"id": "flat-99", "role": "sealed", "leaf": [[0.8, 0.1], [0.95, 0.1], [0.95, 0.9], [0.8, 0.9]], "floor": []}


class Box:
    """A run with one operator, who is signed in."""

    def __init__(self, run: Command, folder: Path) -> None:
        self.run, self.folder, self.path = run, folder, folder / "vigilanza.yaml"
        code = run.said(r"first one with this code\s+code=(\S+)")[1]
        self.url = run.said(r"page is up\s+address=(\S+)/")[1]
        self.client = httpx.Client(base_url=self.url, headers={"x-vigilanza": "1"}, trust_env=False, timeout=20)
        body = {"name": OPERATOR, "password": PASSWORD, "code": code}
        self.client.post("/api/setup", json=body).raise_for_status()
        run.said(r"camera alive\s+camera=cam")

    def layouts(self) -> dict[str, Any]:
        """As set-up shows them; the page may be the one that is being replaced."""

        def told() -> dict[str, Any] | None:
            try:
                answer = self.client.get("/api/setup/cameras")
            except httpx.TransportError:
                return None
            return dict(answer.json()) if answer.status_code == httpx.codes.OK else None

        return wait_until("the page to answer", told)

    def draw(self, *more: dict[str, Any]) -> None:
        """Save the camera with these doors besides those it has."""
        told = self.layouts()
        camera = told["cameras"][0]
        doors = [{key: door[key] for key in ("id", "role", "leaf", "floor")} for door in camera["doors"]]
        layout = {"hash": told["hash"], "doors": [*doors, *more], "masks": camera["masks"]}
        saved = self.client.put("/api/setup/cameras/cam", json=layout)
        assert saved.status_code == 200, saved.text
        assert saved.json()["takeover"]["stage"] == "pending"

    def pid(self, part: str, *, number: int = 1) -> int:
        """The process of a part at its `number`-th start."""
        pattern = rf"part started\s+started={part} pid=(\d+)"
        started = wait_until(f"start {number} of {part}", lambda: self.found(pattern)[number - 1 :], timeout=PATIENCE)
        return int(started[0])

    def found(self, pattern: str) -> list[str]:
        """All that the log has of it."""
        return re.findall(pattern, self.run.log)

    def is_alive(self, often: int) -> None:
        """Once the camera's first picture came to so many processes."""
        wait_until(f"picture {often}", lambda: len(self.found("camera alive")) >= often, timeout=PATIENCE)

    def until(self, stage: str) -> dict[str, Any]:
        """What is told of the file once it is at that stage."""
        return wait_until(
            stage, lambda: told if (told := self.layouts()["takeover"])["stage"] == stage else None, timeout=PATIENCE
        )

    def figures(self) -> str:
        """Of the running watch."""
        kept = self.folder / "state" / "watch.prom"
        return kept.read_text("utf-8") if kept.exists() else ""

    def accepted(self) -> str:
        """What is in force."""
        return (self.folder / "state" / "in-force.yaml").read_text("utf-8")

    def incidents(self) -> list[dict[str, Any]]:
        """As the page lists them, the latest first."""
        return list(self.client.get("/api/incidents").json()["incidents"])


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """It plays the break-in from its beginning to whoever comes first."""
    with ExitStack() as stack:
        films = {"/cam": VIDEOS / f"{CLIP}.mp4"}
        server = stack.enter_context(CameraServer(films, begin="first_play", user=USER, password=CAMERA_PASSWORD))
        path = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        document = yaml.safe_load(path.read_text("utf-8"))
        document["web"]["port"] = free_port()
        document["clips"] = {"before": 5, "after": 5}
        path.write_text(yaml.safe_dump(document), "utf-8")
        run = stack.enter_context(Command("run", "--config", path, folder=tmp_path))
        box = Box(run, tmp_path)
        with closing(box.client):
            yield box
        print(run.log)
        assert run.end() == 0
        assert "Traceback" not in run.log


def test_a_new_door_is_watched_within_seconds_and_an_incident_under_way_keeps_its_id(box: Box) -> None:
    incident = wait_until("the break-in", box.incidents)[0]
    watch = box.pid("watch")
    box.draw(NEW)
    assert box.pid("watch", number=2) != watch
    assert box.until("in_force")["since"] > 0
    figures = wait_until("the new door to be compared", lambda: told if "flat-99" in (told := box.figures()) else None)
    assert re.search(r'handover_seconds\{camera="cam"\} [0-9.]+', figures), "planned, and told as such"
    assert "flat-99" in box.accepted()
    with Command("status", "--config", box.path, folder=box.folder) as status:
        status.printed_when(rf"configuration {edition_of(box.path.read_bytes())}\n")
    assert {one["id"] for one in box.incidents() if one["door"] == incident["door"]} == {incident["id"]}
    assert not [one for one in box.incidents() if one["kind"] == "camera_lost"]
    assert "part ended" not in box.run.log
    assert len(box.found(r"part started\s+started=relay")) == 1


def test_what_is_refused_changes_nothing_not_even_once_watch_dies(box: Box) -> None:
    good = box.path.read_bytes()
    box.path.write_bytes(good.replace(b"analysis_fps", b"analysis_ftp"))
    box.run.said(r"the configuration is not taken over: .*analysis_ftp")
    assert "part is replaced" not in box.run.log
    os.kill(box.pid("watch"), signal.SIGKILL)
    box.pid("watch", number=2)
    box.is_alive(2)
    assert len(box.found("part ended")) == 1
    box.path.write_bytes(good)
    box.until("in_force")


def test_a_watch_that_dies_with_the_new_file_goes_on_with_the_former_one(box: Box) -> None:
    incident = wait_until("the break-in", box.incidents)[0]
    box.draw(NEW)
    os.kill(box.pid("watch", number=2), signal.SIGKILL)
    told = box.until("refused")
    assert told["why"].startswith("watch does not stay with it")
    assert "flat-99" not in box.accepted()
    box.pid("watch", number=3)
    box.is_alive(2)
    assert {one["id"] for one in box.incidents()} == {incident["id"]}
