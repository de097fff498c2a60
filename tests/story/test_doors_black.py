"""A watched break-in: no picture that is shown, kept or sent of it shows the inside of the flat, whichever way."""

import json
import os
import signal
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import httpx
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from tests import lookers
from tests.commands import CAMERA_PASSWORD, ENVIRON, VIDEOS, Command, children_of, configuration, truth_of, wait_until
from tests.commands import USER as CAMERA_USER
from tests.e2e.seed import OPERATOR, PASSWORD
from tests.lookers import Looker, Shot, shots_of
from tests.sealed import key_pem
from tests.story.test_onvif_site_video import free_port
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.clock import SystemClock
from vigilanza.domain.events import Event, EventKind, event_from_json
from vigilanza.domain.observation import Fact
from vigilanza.domain.opening import opening_after
from vigilanza.lab.simcam import CameraServer

pytestmark = pytest.mark.timeout(600)
CLIP = "dev_pos_two_fast_kick"
SIZE_PX = (640, 360)
VMS, VMS_PASSWORD = "vms", "seven wide rivers"
CLOCK = SystemClock()
WAY_S = 1.5
"""So long a picture may be under way to those who do not know when it was taken."""
DARK, BRIGHT = 40, 40
"""A black leaf has no pixel brighter; a leaf that is seen is on average."""


def leaf() -> NDArray[np.bool_]:
    """The pixels well inside the sealed door's leaf."""
    outline = next(door["leaf"] for door in truth_of(CLIP)["doors"] if door["role"] == "sealed")
    drawn = np.zeros(SIZE_PX[::-1], np.uint8)
    cv2.fillPoly(drawn, [np.rint(np.array(outline)).astype(np.int32)], 1)
    return cv2.erode(drawn, np.ones((9, 9), np.uint8)).astype(np.bool_)


@dataclass(frozen=True, slots=True)
class Told:
    """All that was shown by one way, and from when on the leaf has to be black in it."""

    shots: list[Shot]
    black_from: float


@dataclass(frozen=True, slots=True)
class BreakIn:
    """What was shown of it: `told` by way; the parts were killed at `killed_at`, when the door stood open."""

    told: dict[str, Told]
    truly_opened: float
    killed_at: float


def configured(folder: Path, server: CameraServer, ports: dict[str, int]) -> Path:
    path = configuration(folder, CLIP, camera_url=server.url("/cam"))
    (folder / "evidence.key").write_bytes(key_pem())
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    accounts = [{"name": VMS, "password_env": "SEEN"}]
    document |= {
        "web": {"host": "127.0.0.1", "port": ports["web"]},
        "video": {"port": ports["video"], "plain_rtsp": True, "accounts": accounts},
        "onvif_device": {"port": ports["device"], "plain_http": True, "discoverable": False, "accounts": accounts},
        "evidence": {"key_file": "evidence.key"},
    }
    path.write_text(json.dumps(document), "utf-8")
    return path


class Box:
    """`vigilanza run` with an operator, before its camera gives a picture."""

    def __init__(self, run: Command, config: Path, ports: dict[str, int]) -> None:
        self.run, self.config, self.ports = run, config, ports
        self.url = run.said(r"page is up\s+address=(\S+)/")[1]
        code = run.said(r"first one with this code\s+code=(\S+)")[1]
        headers = {"origin": self.url, "x-vigilanza": "1"}
        self.client = httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20.0)
        who = {"name": OPERATOR, "password": PASSWORD}
        self.client.post("/api/setup", json=who | {"code": code}).raise_for_status()
        self.client.post("/api/login", json=who).raise_for_status()
        run.said("video is up")
        run.said("ONVIF device is up")

    def looks(self) -> dict[str, lookers.Look]:
        """Every way in which a camera's pictures can be seen while they come."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        profile = Place.of(site="0423", name="via Esempio 4", doors={"cam": ["S"]}).channels[0].profile
        snapshot = f"http://127.0.0.1:{self.ports['device']}/snapshot/{profile}"
        digest = httpx.DigestAuth(VMS, VMS_PASSWORD)
        return {
            "page": lookers.page(self.url, "cam", cookie),
            "page_stills": lookers.page(self.url, "cam", cookie, query="?stills=1"),
            "rtsp": lookers.rtsp(self.ports["video"], "cam", VMS, VMS_PASSWORD),
            "onvif_snapshot": lookers.stills(lambda: httpx.get(snapshot, auth=digest, trust_env=False, timeout=20.0)),
            "setup_still": lookers.stills(lambda: self.client.get("/api/setup/cameras/cam/still")),
        }

    def rows(self, asked: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.config.parent / "vigilanza.db")) as connection:
            return connection.execute(asked).fetchall()

    def opening(self) -> list[Event]:
        """The event that says that the door was opened."""
        events = [event_from_json(json.loads(body)) for (body,) in self.rows("SELECT body FROM events")]
        return [event for event in events if event.kind is EventKind.DOOR_OPENED]

    def kill_parts(self) -> None:
        """All of them, as if the power went for them alone; they are started again."""
        for pid in children_of(self.run.process.pid):
            os.kill(pid, signal.SIGKILL)


def kept(box: Box, opened: float) -> dict[str, list[Shot]]:
    """What is kept once the clip is whole, as the page gets it and as a package of evidence has it."""

    def whole() -> list[tuple[Any, ...]]:
        return box.rows(f"SELECT incident FROM media WHERE kind = 'clip' AND \"end\" > {opened + 11.0}")

    ((incident,), *_) = wait_until("a whole clip", whole, timeout=90)
    shots: dict[str, list[Shot]] = {"clip": [], "still": [], "evidence": []}
    package = sealed(box, UUID(str(incident)))
    for one, kind, start, digest in box.rows("SELECT id, kind, start, sha256 FROM media"):
        answer = box.client.get(f"/api/media/{UUID(str(one))}").raise_for_status()
        shots[kind] += shots_of(kind, start, answer.content, leaf())
        for file in (file for name, file in package.items() if digest[:12] in name):
            shots["evidence"] += shots_of(kind, start, file, leaf())
    return shots


def sealed(box: Box, incident: UUID) -> dict[str, bytes]:
    """The pictures in a package of evidence, by their names."""
    out = box.config.parent / "out"
    seal = ["evidence", "seal", str(incident), "--config", str(box.config), "--out", str(out), "--for", "Procura"]
    seal += ["--reason", "prot. 12/26", "--by", "m.rossi", "--granted-by", "a.bianchi"]
    with Command(*seal, folder=box.config.parent, environ=ENVIRON | {"SEEN": VMS_PASSWORD}) as sealing:
        assert sealing.process.wait(60) == 0, sealing.log
        with zipfile.ZipFile(sealing.printed.strip()) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name.startswith("media/")}


@pytest.fixture(scope="module")
def break_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakIn]:
    """Seen by all ways at once, over the death of every part while the door stands open."""
    folder, ports = tmp_path_factory.mktemp("box"), {name: free_port() for name in ("web", "video", "device")}
    with ExitStack() as stack:
        camera = stack.enter_context(
            CameraServer(
                {"/cam": VIDEOS / f"{CLIP}.mp4"},
                begin="first_play",
                ending="hold",
                user=CAMERA_USER,
                password=CAMERA_PASSWORD,
            )
        )
        camera.faults.announce = "video_and_audio"  # the lookers let nothing pass that has sound
        camera.unplug()
        config = configured(folder, camera, ports)
        run = stack.enter_context(
            Command("run", "--config", config, environ=ENVIRON | {"SEEN": VMS_PASSWORD}, folder=folder)
        )
        box = Box(run, config, ports)
        stack.callback(box.client.close)
        looking = {way: stack.enter_context(Looker(look, leaf())) for way, look in box.looks().items()}
        camera.plug_in()
        event = wait_until("the opening", box.opening, timeout=120)[0]
        opening = opening_after(None, event)
        assert opening is not None
        files = kept(box, opening.start)
        killed_at = CLOCK.now()
        box.kill_parts()
        for way, looker in looking.items():
            wait_until(f"the {way} to show pictures again", partial(looker.saw, 3, killed_at + WAY_S), timeout=120)
        sign = min(one.at for one in event.evidence if one.fact is Fact.LEAF_CHANGED)
        told = {way: Told(shots, opening.start) for way, shots in files.items()}
        told |= {way: Told(looking[way].shots, sign) for way in ("page", "page_stills")}
        told |= {way: Told(looking[way].shots, sign + WAY_S) for way in ("rtsp", "onvif_snapshot", "setup_still")}
        truth = next(one for one in truth_of(CLIP)["events"] if one["type"] == "door_opened")
        yield BreakIn(told, (camera.started_at or 0.0) + truth["t_start"], killed_at)


KEPT = ("clip", "still", "evidence")
LIVE = ("page", "page_stills", "rtsp", "onvif_snapshot", "setup_still")


@pytest.mark.parametrize("way", [*KEPT, *LIVE])
def test_the_doorway_is_black_from_the_first_sign_on(way: str, break_in: BreakIn) -> None:
    told = break_in.told[way]
    after = [shot for shot in told.shots if shot.at >= told.black_from]
    assert after, "how many stills there are by then depends on the machine"
    assert [shot for shot in after if shot.brightest >= DARK] == []


@pytest.mark.parametrize("way", ["clip", "evidence", *LIVE])
def test_before_it_the_door_is_seen(way: str, break_in: BreakIn) -> None:
    told = break_in.told[way]
    before = [shot for shot in told.shots if shot.at < min(break_in.truly_opened, told.black_from)]
    assert any(shot.mean > BRIGHT for shot in before)


@pytest.mark.parametrize("way", LIVE)
def test_it_stays_black_over_the_death_of_every_part(way: str, break_in: BreakIn) -> None:
    after = [shot for shot in break_in.told[way].shots if shot.at > break_in.killed_at]
    assert len(after) >= 3
    assert all(shot.brightest < DARK for shot in after)
