"""A run that takes over its configuration, its parts replaced by word alone; real file and database."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes import FakeClock
from vigilanza.app.replacement import Replacement
from vigilanza.app.takeover import LOOK_S, Successor
from vigilanza.app.takeovertold import ACCEPTED, told
from vigilanza.config import Config, load
from vigilanza.domain.takeover import Stage
from vigilanza.store.database import open_database
from vigilanza.store.safeguards import SafeguardBook

LEAF = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.9], [0.1, 0.9]]


@dataclass
class Box:
    """A run whose parts are replaced by word alone; `frail` is the part that does not stay."""

    folder: Path
    clock: FakeClock
    frail: str = ""
    complaint: str | None = None
    checks: int = 0
    replaced: list[str] = field(default_factory=list)
    copies: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.path, self.copy = self.folder / "cameras.yaml", self.folder / "state" / ACCEPTED
        self.document: dict[str, Any] = {
            "site": {"id": "0423", "name": "via Esempio 4"},
            "cameras": [{"id": "landing", "source": "rtsp://127.0.0.1:9/cam", "doors": [door("flat-12")]}],
            "storage": {"database": f"sqlite:///{self.folder}/v.db", "media": "media", "state": "state"},
        }
        self.write()
        self.copy.parent.mkdir()
        self.copy.write_bytes(self.path.read_bytes())
        self.begin()
        self.look(3)

    def begin(self) -> None:
        self.successor = Successor(
            load(self.path, environ={}, accepted=self.copy),
            environ={},
            clock=self.clock,
            replace_part=self.replace,
            complaint=self.check,
        )

    def write(self) -> bytes:
        self.path.write_text(json.dumps(self.document), "utf-8")
        return self.path.read_bytes()

    def check(self, _: Path) -> str | None:
        self.checks += 1
        return self.complaint

    def replace(self, replacement: Replacement) -> None:
        self.replaced.append(replacement.name)
        self.copies.append(self.copy.read_bytes())
        if replacement.name == self.frail:
            replacement.fail()
        else:
            replacement.stay()

    def look(self, often: int = 2) -> None:
        for _ in range(often):
            self.clock.advance(LOOK_S)
            self.successor.look(self.stop)

    def config(self) -> Config:
        return load(self.path, environ={}, accepted=self.copy)

    def stage(self) -> Stage:
        """Of the file as it is now."""
        return told(self.config(), self.digest()).stage

    def digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def book(self) -> SafeguardBook:
        return SafeguardBook(engine=open_database(f"sqlite:///{self.folder}/v.db"), clock=self.clock)


def door(name: str) -> dict[str, Any]:
    return {"id": name, "role": "sealed", "leaf": LEAF, "floor": []}
