"""`vigilanza exercise`: an operator practises on recordings; nothing of it can reach anybody, or stays."""

import json
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from vigilanza.app.freeport import free_port
from vigilanza.app.lessons import Lessons
from vigilanza.app.memory import Memory, open_memory
from vigilanza.app.part import start_part
from vigilanza.app.supervisor import Supervisor
from vigilanza.app.web import web
from vigilanza.clock import Clock
from vigilanza.config import Config, load
from vigilanza.domain.role import Role
from vigilanza.lab.curriculum import Scene, draw
from vigilanza.lab.simcam import CameraServer
from vigilanza.lab.truth import read_recordings
from vigilanza.store.accounts import Accounts
from vigilanza.store.auditlog import AuditLog
from vigilanza.store.queries import Queries
from vigilanza.web.exercise import MARK, present_standing

TRAINEE = "esercitazione"


class Practice:
    """One exercise in a folder of its own: it reads no site's configuration, and its own names nobody to be told."""

    def __init__(self, *, clips: Path, port: int, clock: Clock, random: Random, show: Callable[[str], None]) -> None:
        """RecordingError if `clips` holds no recording with its truth, or a wrong one."""
        self._scenes = draw(read_recordings(clips), random, prefix=MARK.lower())
        self._port, self._clock, self._show = port, clock, show

    def run(self, stop: threading.Event) -> int:
        """Until `stop`; then one JSON object with the score is shown. The exit code, see Supervisor.run.

        ConfigError if the page's port is taken, or a recording's doors cannot be watched.
        """
        port, password = free_port(self._port, "exercise"), secrets.token_urlsafe(12)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="vigilanza-exercise-")))
            cameras = {scene.camera: stack.enter_context(self._camera(scene)) for scene in self._scenes}
            config = load(_write_config(folder, self._scenes, cameras, port), environ={})
            memory = open_memory(config, clock=self._clock)
            stack.callback(memory.engine.dispose)
            accounts = Accounts(engine=memory.engine, clock=self._clock)
            accounts.create(TRAINEE, password, roles={Role.OPERATOR})
            lessons = self._lessons(memory, cameras)
            watching = _Watching(config, lessons.begun, clock=self._clock, stop=stop)
            stack.callback(watching.join)
            stack.callback(stop.set)
            watching.start()
            self._show(f"{MARK}: http://127.0.0.1:{port}/   {TRAINEE}   password: {password}")
            self._show(f"{MARK}: {len(self._scenes)} clips; Ctrl-C ends everything.")
            web(config, environ=os.environ, clock=self._clock, stop=stop, exercise=lessons)
            self._show(json.dumps(present_standing(lessons.standing()), ensure_ascii=False))
            return watching.code

    def _camera(self, scene: Scene) -> CameraServer:
        streams = {"/sub": scene.recording.video} | ({} if scene.main is None else {"/main": scene.main})
        return CameraServer(streams, clock=self._clock, begin="first_play", offset=-scene.after, ending="hold")

    def _lessons(self, memory: Memory, cameras: dict[str, CameraServer]) -> Lessons:
        return Lessons(
            scenes=self._scenes,
            started=lambda camera: cameras[camera].started_at,
            queries=Queries(memory.engine),
            audit=AuditLog(memory.engine),
            clock=self._clock,
        )


class _Watching(threading.Thread):
    """The eyes, from the moment the trainee is ready; if they cannot be kept open all ends."""

    def __init__(self, config: Config, ready: threading.Event, *, clock: Clock, stop: threading.Event) -> None:
        super().__init__(name="watching", daemon=True)
        self._config, self._ready, self._clock, self._stop_all = config, ready, clock, stop
        self.code = 0

    def run(self) -> None:
        """Until all is to stop."""
        while not self._ready.is_set():
            if self._clock.wait(0.1, self._stop_all):
                return
        start = partial(_start, self._config.path)
        self.code = Supervisor([["watch"]], start=start, clock=self._clock, needed="watch").run(self._stop_all)
        self._stop_all.set()


def _start(config: Path, name: str) -> Any:
    return start_part(name, "--config", str(config))


def _write_config(folder: Path, scenes: Sequence[Scene], cameras: dict[str, CameraServer], port: int) -> Path:
    """Nobody to be told, no evidence, no device and no video for others: none of it is in there."""
    document = {
        "site": {"id": MARK, "name": f"{MARK} / EXERCISE", "timezone": "Europe/Rome", "production": False},
        "cameras": [_camera(scene, cameras[scene.camera]) for scene in scenes],
        "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
        "web": {"host": "127.0.0.1", "port": port},
    }
    path = folder / "cameras.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _camera(scene: Scene, server: CameraServer) -> dict[str, Any]:
    doors = [
        {
            "id": scene.door(one.id),
            "role": str(one.role),
            "leaf": _points(one.leaf_norm),
            "floor": _points(one.zone_norm),
        }
        for one in scene.truth.doors
    ]
    return {
        "id": scene.camera,
        "source": server.url("/sub" if scene.main is None else "/main"),
        "substream": server.url("/sub"),
        "doors": doors,
        "masks": [_points(mask) for mask in scene.truth.masks],
    }


def _points(outline: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [list(point) for point in outline]
