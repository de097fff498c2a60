"""The whole program: a still of the camera that is watched, a door drawn on it, saved, and there after a restart."""

from pathlib import Path

import httpx
import pytest
import yaml

from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, configuration, wait_until
from tests.e2e.seed import OPERATOR, PASSWORD
from vigilanza.config import load
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"
NEW = {"id": "flat-99", "role": "sealed", "leaf": [[0.8, 0.1], [0.95, 0.1], [0.95, 0.9], [0.8, 0.9]], "floor": []}


@pytest.mark.timeout(300)
def test_what_is_drawn_is_watched_after_a_restart(tmp_path: Path) -> None:
    with CameraServer({"/cam": VIDEOS / f"{CLIP}.mp4"}, user=USER, password=CAMERA_PASSWORD) as server:
        path = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        document = yaml.safe_load(path.read_text("utf-8"))
        account = {"name": "vms", "password_env": "VMS_PASSWORD"}
        document["video"] = {"port": 0, "plain_rtsp": True, "accounts": [account]}
        path.write_text("# kept\n" + yaml.safe_dump(document), "utf-8")
        environ = ENVIRON | {"VMS_PASSWORD": "a-long-word-of-the-vms"}
        with Command("run", "--config", path, environ=environ, folder=tmp_path) as run:
            draw(run)
            assert run.end() == 0
        assert path.read_text("utf-8").startswith("# kept\n")
        assert [door.id for door in load(path, environ=environ).cameras[0].doors][-1] == "flat-99"
        with Command("run", "--config", path, environ=environ, folder=tmp_path) as run:
            figures = tmp_path / "state" / "watch.prom"
            wait_until("the new door to be measured", lambda: figures.exists() and "flat-99" in figures.read_text())
            assert run.end() == 0


def draw(run: Command) -> None:
    """As a supervisor does it with a script."""
    url = run.said(r"page is up\s+address=(\S+)/")[1]
    code = run.said(r"first one with this code\s+code=(\S+)")[1]
    with httpx.Client(base_url=url, headers={"x-vigilanza": "1"}, trust_env=False, timeout=20) as client:
        body = {"name": OPERATOR, "password": PASSWORD, "code": code}
        client.post("/api/setup", json=body).raise_for_status()
        run.said(r"camera alive\s+camera=cam")
        wait_until("the size to be known", lambda: client.get("/api/setup/cameras").json()["cameras"][0]["size_px"])
        told = client.get("/api/setup/cameras").json()
        camera = told["cameras"][0]
        assert all(door["px_per_metre"] > 0 for door in camera["doors"])
        still = wait_until("a still", lambda: picture(client))
        assert still.startswith(b"\xff\xd8")
        keys = ("id", "role", "leaf", "floor")
        doors = [{key: door[key] for key in keys} for door in camera["doors"]]
        layout = {"hash": told["hash"], "doors": [*doors, NEW], "masks": camera["masks"]}
        saved = client.put("/api/setup/cameras/cam", json=layout)
        assert saved.status_code == 200, saved.text


def picture(client: httpx.Client) -> bytes | None:
    """None as long as there is none."""
    answer = client.get("/api/setup/cameras/cam/still")
    return answer.content if answer.status_code == 200 else None
