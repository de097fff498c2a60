"""The receivers of `bridge_latency.py`, each in a process of its own: it shall not wait for whoever records alerts."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from lxml import etree

from vigilanza.bridge.xprotect_event import MESSAGES
from vigilanza.clock import SystemClock
from vigilanza.lab.alarm_centre import AlarmCentre
from vigilanza.lab.drill.parties import PARTIES
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.story import CAMERA
from vigilanza.lab.event_server import EventServer

SCHEMA = Path(__file__).parents[1] / "tests" / "fixtures" / "schemas" / "analytics_event.xsd"
KIND = "municipal_vms"
ACCOUNT, KEY = "04230312", "00112233445566778899aabbccddeeff"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver wants in the configuration, and as environment."""

    settings: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)


Serving = Callable[[Path], AbstractContextManager[Told]]


@contextmanager
def _party(make: Callable[[Path], Party], folder: Path) -> Iterator[Told]:
    party = make(folder)
    party.up()
    try:
        # Whatever it is, it is told at once: a control room would wait for the operator's word.
        yield Told({**party.settings(), "kind": KIND}, dict(party.environ()))
    finally:
        party.down()


@contextmanager
def _centre(transport: str, _folder: Path) -> Iterator[Told]:
    with AlarmCentre(clock=SystemClock(), accounts={ACCOUNT: bytes.fromhex(KEY)}, transport=transport) as centre:
        settings = {
            "id": f"centre-{transport}",
            "kind": KIND,
            "channel": "dc09",
            "receivers": [f"localhost:{centre.port}"],
            "account": ACCOUNT,
            "transport": transport,
            "key_env": "BENCHMARK_DC09_KEY",
            "allow_loopback": True,
        }
        yield Told(settings, {"BENCHMARK_DC09_KEY": KEY})


@contextmanager
def _xprotect(_folder: Path) -> Iterator[Told]:
    with EventServer(schema=etree.XMLSchema(etree.parse(SCHEMA)), defined=MESSAGES) as server:
        settings = {
            "id": "vms-xprotect",
            "kind": KIND,
            "channel": "xprotect",
            "url": server.url,
            "plain_http": True,
            "cameras": {CAMERA: "10.20.4.23"},
            "allow_loopback": True,
        }
        yield Told(settings)


RECEIVERS: Mapping[str, Serving] = {
    **{name: partial(_party, PARTIES[name]) for name in ("webhook", "cap", "mqtt") if name in PARTIES},
    "dc09-tcp": partial(_centre, "tcp"),
    "dc09-udp": partial(_centre, "udp"),
    "xprotect": _xprotect,
}
"""By the names under which they can be asked for."""


@contextmanager
def receiver(name: str, folder: Path) -> Iterator[Told]:
    """Serves until the end."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(name, folder, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join(20)


def _serve(name: str, folder: Path, pipe: Connection) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder.mkdir(parents=True, exist_ok=True)
    with RECEIVERS[name](folder) as told:
        pipe.send(told)
        pipe.recv()
