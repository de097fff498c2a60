"""A contact at a sealed door, told of by the camera it is wired to, from the digital input to the journal."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from tests.quiet import quiet
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"
INPUT = "Device/Trigger/DigitalInput"


def events(folder: Path) -> list[tuple[str, str, str | None]]:
    """Kind, severity and door of what is in the journal."""
    with closing(sqlite3.connect(folder / "vigilanza.db")) as database:
        bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM events ORDER BY rowid")]
    return [(body["kind"], body["severity"], body["door"]) for body in bodies]


@pytest.fixture(scope="module")
def streams() -> Iterator[CameraServer]:
    with CameraServer({"/main": quiet(), "/sub": quiet()}, user=USER, password=PASSWORD) as server:
        yield server


@pytest.fixture
def device(streams: CameraServer) -> Iterator[OnvifCamera]:
    profiles = [replace(one, uri=streams.url(f"/{name}")) for one, name in ((MAIN, "main"), (SUB, "sub"))]
    with camera(profiles) as one:
        yield one


def configured(folder: Path, device: OnvifCamera) -> tuple[Path, str]:
    """The file, and the sealed door whose contact is at the input IN1."""
    path = configuration(folder, CLIP)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    seen = document["cameras"][0]
    seen |= {"source": f"onvif://127.0.0.1:{device.port}", "credentials": seen["credentials"] | {"user": USER}}
    sealed = next(door for door in seen["doors"] if door["role"] == "sealed")
    sealed["contact"] = {"input": "IN1"}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path, sealed["id"]


@pytest.mark.parametrize("pictures", [True, False], ids=["seen", "lost"])
def test_a_contact_that_opens_is_an_opened_door_whether_there_are_pictures_or_not(
    tmp_path: Path, streams: CameraServer, device: OnvifCamera, pictures: bool
) -> None:
    config, door = configured(tmp_path, device)
    environ = ENVIRON | {"CAMERA_PASSWORD": PASSWORD}
    with Command("watch", "--config", config, folder=tmp_path, environ=environ) as watch:
        watch.said(r"camera alive\s+camera=cam")
        device.events.raise_event(INPUT, False, source="in1", name="LogicalState")
        watch.said(r"camera event\s+camera=cam kind=digital_input source=in1 active=False")
        if not pictures:
            streams.unplug()
            wait_until("the loss to be told", lambda: ("camera_lost", "alarm", None) in events(tmp_path))
        device.events.raise_event(INPUT, True, source="in1", name="LogicalState")
        try:
            wait_until("the door to be told", lambda: ("door_opened", "alarm", door) in events(tmp_path))
        finally:
            streams.plug_in()
        assert watch.end() == 0
