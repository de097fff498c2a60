"""Several boxes at one site: one PostgreSQL, one NATS server, each `vigilanza watch` with a folder of its own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url

from tests.commands import ENVIRON, Command, configuration
from vigilanza.app.leasenote import LeaseNote
from vigilanza.clock import SystemClock
from vigilanza.domain.attack import Attack, step
from vigilanza.domain.events import Event
from vigilanza.domain.observation import Fact, Observation
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.schema import events

CLIP = "dev_pos_two_fast_kick"


class Site:
    """In `folder`; `cameras` are the paths of the server's streams without slash."""

    def __init__(
        self, folder: Path, *, database_url: str, nats: NatsServer, server: CameraServer, cameras: Sequence[str]
    ) -> None:
        self.folder, self.nats = folder, nats
        self._engine = open_database(database_url)
        self._database = make_url(database_url)
        self._server, self._cameras = server, tuple(cameras)

    def config(
        self,
        box: str,
        *,
        capacity: int = 16,
        doors: bool = False,
        nats: str | None = None,
        per_process: int = 16,
        port: int = 0,
    ) -> Path:
        """The file of one box; `nats`, `port`: its way to the lease server and to the cameras, if another one."""
        folder = self.folder / box
        folder.mkdir(exist_ok=True)
        path = configuration(folder, CLIP)
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        (one,) = document["cameras"]
        if not doors:
            one["doors"] = []
        way = f"rtsp://127.0.0.1:{port or self._server.port}"
        document["cameras"] = [one | {"id": name, "source": f"{way}/{name}"} for name in self._cameras]
        place = f"{self._database.host or ''}/{self._database.database}?host={self._database.query['host']}"
        document["storage"] |= {"database": f"postgresql://{place}", "database_user": self._database.username}
        document["storage"]["media"] = str(self.folder / "media")
        document["capture"] = {"cameras_per_process": per_process}
        document["sharing"] = {"box": box, "capacity": capacity, "nats": {"servers": [nats or self.nats.url]}}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def box(self, name: str, **how: Any) -> Command:
        """Its watch, to be started by `with`; `how`: see config."""
        return Command("watch", "--config", self.config(name, **how), folder=self.folder / name, environ=ENVIRON)

    def holders(self, box: str, *, share: int | None = None) -> dict[str, str]:
        """By camera, as that box last noted it, or that one of its processes; nothing before it did."""
        name, suffix = (box, "") if share is None else (f"{box}.{share}", f"-{share}")
        note = LeaseNote(self.folder / box / "state" / f"leases{suffix}.json", name)
        return {camera: lease.holder for camera, lease in note.leases().items()}

    def recorded(self) -> list[dict[str, object]]:
        """The bodies of all events, in the order of their time."""
        with reading(self._engine) as connection:
            return [dict(row.body) for row in connection.execute(events.select().order_by(events.c.at))]

    def tell_lost(self, camera: str) -> Event:
        """Record what a box tells that does not see it."""
        clock = SystemClock()
        (_, (lost,)) = step(Attack(camera), [Observation(Fact.SIGNAL_LOST, 1.0)], clock.now())
        Journal(engine=self._engine, destinations=[], clock=clock, site="0423").record([lost])
        return lost

    def close(self) -> None:
        self._engine.dispose()
