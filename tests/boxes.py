"""Several boxes at one site: one PostgreSQL, one NATS server, each `vigilanza watch` with a folder of its own."""

import json
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlalchemy import make_url

from tests.commands import ENVIRON, Command, configuration
from vigilanza.domain.lease import LeaseTable
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database, reading
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

    def config(self, box: str, *, capacity: int = 16, doors: bool = False, nats: str | None = None) -> Path:
        """The file of one box; `nats`: the URL by which it reaches the server."""
        folder = self.folder / box
        folder.mkdir(exist_ok=True)
        path = configuration(folder, CLIP)
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        (one,) = document["cameras"]
        if not doors:
            one["doors"] = []
        document["cameras"] = [one | {"id": name, "source": self._server.url(f"/{name}")} for name in self._cameras]
        place = f"{self._database.host or ''}/{self._database.database}?host={self._database.query['host']}"
        document["storage"] |= {"database": f"postgresql://{place}", "database_user": self._database.username}
        document["storage"]["media"] = str(self.folder / "media")
        document["sharing"] = {"box": box, "capacity": capacity, "nats": {"servers": [nats or self.nats.url]}}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def box(self, name: str, *, capacity: int = 16, doors: bool = False, nats: str | None = None) -> Command:
        """Its watch, to be started by `with`."""
        config = self.config(name, capacity=capacity, doors=doors, nats=nats)
        return Command("watch", "--config", config, folder=self.folder / name, environ=ENVIRON)

    def table(self, box: str) -> LeaseTable:
        """As that box last noted it; empty before it did."""
        from vigilanza.app.leasenote import LeaseNote

        path = self.folder / box / "state" / "leases.json"
        return LeaseNote(path, box).last() or LeaseTable() if path.exists() else LeaseTable()

    def holders(self, box: str) -> dict[str, str]:
        """By camera, as that box knows it."""
        return {name: lease.holder for name, lease in self.table(box).leases.items()}

    def recorded(self) -> list[dict[str, object]]:
        """The bodies of all events, in the order of their time."""
        with reading(self._engine) as connection:
            return [dict(row.body) for row in connection.execute(events.select().order_by(events.c.at))]

    def close(self) -> None:
        self._engine.dispose()
