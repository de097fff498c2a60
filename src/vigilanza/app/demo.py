"""`vigilanza demo`: camera → break-in → confirmed → municipality, all real but the municipality itself."""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from vigilanza.app.freeport import free_port
from vigilanza.app.memory import open_memory
from vigilanza.app.part import LIFELINE
from vigilanza.app.scene import (
    CAMERA_USER,
    load_landings,
    new_secret,
    secret_variable,
    write_config,
)
from vigilanza.clock import Clock
from vigilanza.config import load
from vigilanza.domain.errors import VigilanzaError
from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.page_operator import Operator
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.accounts import Accounts

DESTINATIONS = ("comune-vms", "centrale-operativa")
PATIENCE_S = 180.0
OPERATOR = "operatore-demo"
ALARMING = ("alarm", "critical")
DECIDED_AVS = 3


class DemoFailed(VigilanzaError):
    """The demo did not end as it should; the message says at which step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo measured; seconds from the break-in's first act in the recording."""

    cameras: int
    incidents: int
    false_alarms: int
    detected_after_s: float
    delivered_after_s: float

    def line(self) -> str:
        """One JSON object."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


class Demo:
    """One run in a folder of its own; everything it starts ends with it."""

    def __init__(self, *, clips: Path, port: int, clock: Clock, show: Callable[[str], None]) -> None:
        self._landings, self._port, self._clock, self._show = load_landings(clips), port, clock, show

    def run(self, stop: threading.Event, *, once: bool) -> Outcome | None:
        """Until `stop`; with `once` until the break-in is acknowledged, or DemoFailed after PATIENCE_S.

        ConfigError if the page's port is taken.
        """
        port = free_port(self._port, "demo")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="vigilanza-demo-")))
            streams = {path: file for landing in self._landings for path, file in landing.streams.items()}
            camera_password, password = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
            cameras = stack.enter_context(
                CameraServer(streams, clock=self._clock, user=CAMERA_USER, password=camera_password, begin="first_play")
            )
            keys = {name: new_secret() for name in DESTINATIONS}
            cities = {name: stack.enter_context(self._city(name, keys[name], folder)) for name in DESTINATIONS}
            environ = os.environ | {secret_variable(name): key for name, key in keys.items()}
            environ |= {"CAMERA_PASSWORD": camera_password, LIFELINE: "1"}
            config = write_config(
                folder,
                self._landings,
                camera_url=cameras.url("").rstrip("/"),
                cities={name: (city.url, city.ca_file) for name, city in cities.items()},
                port=port,
            )
            self._make_operator(config, environ, password)
            process = stack.enter_context(self._start(config, environ))
            stack.callback(process.terminate)
            address = f"http://127.0.0.1:{port}/"
            self._say(f"control room: {address}   operator: {OPERATOR}   password: {password}")
            if not once:
                self._say("Ctrl-C ends everything.")
                while process.poll() is None and not self._clock.wait(0.2, stop):
                    pass
                return None
            return self._play_through(address, password, cameras, cities["centrale-operativa"], process, stop)

    def _play_through(
        self,
        address: str,
        password: str,
        cameras: CameraServer,
        room: StubCity,
        process: "subprocess.Popen[bytes]",
        stop: threading.Event,
    ) -> Outcome:
        wait = partial(self._wait, process=process, stop=stop, deadline=self._clock.monotonic() + PATIENCE_S)
        wait("the control room to answer", lambda: _answers(address))
        operator = Operator(address=address, name=OPERATOR, password=password)
        target = next(landing for landing in self._landings if landing.truth["positive"])
        incident = wait("the break-in to be detected", lambda: _alarm_at(operator, target.sealed_door))
        first_act = (cameras.started_at or 0.0) + float(target.truth["alarm"][0]["t_start"])
        detected = self._clock.now() - first_act
        self._say(f"incident {incident['id']}: {incident['kind']} at door {incident['door']}, {incident['severity']}")
        operator.confirm(incident["id"], DECIDED_AVS)
        self._say(f"confirmed by {OPERATOR} with AVS {DECIDED_AVS}")
        wait("the control room's receipt", lambda: _receipt(operator, incident["id"]))
        delivered = self._clock.now() - first_act
        length = max(float(landing.truth["duration"]) for landing in self._landings)
        until = (cameras.started_at or 0.0) + length
        wait("every recording to have played once", lambda: self._clock.now() >= until)
        alarms = [item for item in operator.incidents() if item["severity"] in ALARMING]
        wrong = [item for item in alarms if item["door"] != target.sealed_door]
        operator.close()
        outcome = Outcome(len(self._landings), len(alarms), len(wrong), round(detected, 1), round(delivered, 1))
        if wrong or len(alarms) != 1:
            raise DemoFailed(f"expected one incident and no false alarm, got {len(alarms)} and {len(wrong)}")
        if not any(alert.event["type"].endswith("incident.confirmed.v1") for alert in room.received):
            raise DemoFailed("the operations centre has no confirmed incident although a receipt was stored")
        return outcome

    def _wait(
        self,
        what: str,
        ready: Callable[[], Any],
        *,
        process: "subprocess.Popen[bytes]",
        stop: threading.Event,
        deadline: float,
    ) -> Any:
        while True:
            with suppress(httpx.HTTPError):  # a page that is busy or not there yet is asked again
                value = ready()
                if value:
                    return value
            if process.poll() is not None:
                raise DemoFailed(f"vigilanza run ended with code {process.returncode} while waiting for {what}")
            if self._clock.monotonic() > deadline:
                raise DemoFailed(f"gave up after {PATIENCE_S:.0f} s waiting for {what}")
            if self._clock.wait(0.2, stop):
                raise DemoFailed(f"stopped while waiting for {what}")

    def _city(self, name: str, key: str, folder: Path) -> StubCity:
        place = folder / name
        place.mkdir()
        return StubCity(directory=place, secret=key, on_alert=partial(self._receive, name))

    def _receive(self, name: str, alert: ReceivedAlert) -> None:
        data = alert.event["data"]
        self._say(f"{name} received {alert.event['type']} {data.get('status', '')} {data.get('kind', '')}".rstrip())

    def _make_operator(self, config: Path, environ: dict[str, str], password: str) -> None:
        memory = open_memory(load(config, environ=environ), clock=self._clock)
        Accounts(engine=memory.engine, clock=self._clock).create(OPERATOR, password)
        memory.engine.dispose()

    def _start(self, config: Path, environ: dict[str, str]) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "vigilanza", "run", "--config", str(config)]
        return subprocess.Popen(command, env=environ, stdin=subprocess.PIPE)

    def _say(self, words: str) -> None:
        self._show(f"{datetime.fromtimestamp(self._clock.now(), UTC):%Y-%m-%dT%H:%M:%S.%fZ} demo: {words}")


def _answers(address: str) -> bool:
    try:
        return httpx.get(address + "healthz", trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _alarm_at(operator: Operator, door: str) -> dict[str, Any] | None:
    return next((i for i in operator.incidents() if i["door"] == door and i["severity"] in ALARMING), None)


def _receipt(operator: Operator, incident: str) -> bool:
    deliveries = operator.incident(incident)["deliveries"]
    return any(item["destination"] == "centrale-operativa" and item["state"] == "acknowledged" for item in deliveries)
