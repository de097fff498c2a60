"""A sleeping camera that is asked by ONVIF notices motion by itself: that wakes it."""

import json
from dataclasses import replace
from pathlib import Path

import yaml

from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from tests.quiet import quiet
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"


def figure(folder: Path, name: str) -> float | None:
    """What the watch last kept of a figure of the analysed stream."""
    path = folder / "state" / "watch.prom"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [line for line in lines if line.startswith(f'vigilanza_capture_{name}{{camera="cam"}}')]
    return float(found[0].rpartition(" ")[2]) if found else None


def test_what_a_camera_notices_by_itself_wakes_it(tmp_path: Path) -> None:
    with CameraServer({"/main": quiet(), "/sub": quiet()}, user=USER, password=PASSWORD) as streams:
        profiles = [replace(one, uri=streams.url(f"/{name}")) for one, name in ((MAIN, "main"), (SUB, "sub"))]
        with camera(profiles) as device:
            config = configuration(tmp_path, CLIP)
            document = yaml.safe_load(config.read_text(encoding="utf-8"))
            document["cameras"][0] |= {"source": f"onvif://127.0.0.1:{device.port}", "doors": []}
            document["cameras"][0]["credentials"]["user"] = USER
            config.write_text(json.dumps(document), encoding="utf-8")
            environ = ENVIRON | {"CAMERA_PASSWORD": PASSWORD}
            with Command("watch", "--config", config, folder=tmp_path, environ=environ) as watch:
                watch.said(r"camera alive\s+camera=cam")
                wait_until("its figures to be kept", lambda: figure(tmp_path, "awake") == 1.0)
                wait_until("the camera to fall asleep", lambda: figure(tmp_path, "awake") == 0.0)
                assert figure(tmp_path, "wakes_total") == 0.0
                device.events.raise_event("VideoSource/MotionAlarm", True)
                watch.said(r"camera event\s+camera=cam kind=motion source=vs0 active=True")
                wait_until("it to wake", lambda: (figure(tmp_path, "wakes_total") or 0.0) >= 1.0)
                assert watch.end() == 0
