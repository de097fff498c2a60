"""A box that watches sixteen simulated cameras, and its page."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration
from tests.e2e.seed import OPERATOR, PASSWORD
from tests.live import RIGHT_HALF
from tests.videos import video
from vigilanza.clock import SystemClock
from vigilanza.domain.events import Event
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal

_CALM = (path for path in VIDEOS.glob("*.mp4") if not path.stem.endswith("_main") and "_camera_" not in path.stem)
LANDINGS = sorted(_CALM)[:13]
"""In none of them is the camera attacked: that would be said on its tile, whenever it comes."""
MASKED, MODERN, LARGE = "masked", "modern", "large"
FILMS = {f"scala-{number:02}": path for number, path in enumerate(LANDINGS, start=1)}
FILMS |= {MASKED: LANDINGS[0], MODERN: video("hevc"), LARGE: VIDEOS / "dev_pos_lone_pry_then_kick_main.mp4"}
SMALL = "small"
"""The stream beside the large one."""


class Box:
    """`vigilanza run`, with one operator."""

    def __init__(self, run: Command, folder: Path, server: CameraServer) -> None:
        self.run, self.folder, self.server = run, folder, server
        self.url = run.said(r"page is up\s+address=(\S+)/")[1]
        code = run.said(r"first one with this code\s+code=(\S+)")[1]
        body = {"name": OPERATOR, "password": PASSWORD, "code": code}
        headers = {"origin": self.url, "x-vigilanza": "1"}
        httpx.post(f"{self.url}/api/setup", json=body, headers=headers, trust_env=False).raise_for_status()
        for name in FILMS:
            run.said(rf"camera alive\s+camera={name}")

    def audit(self, action: str) -> list[tuple[str, str]]:
        """Who did that, and to what."""
        with closing(sqlite3.connect(self.folder / "vigilanza.db")) as connection:
            asked = "SELECT who, subject FROM audit WHERE action = ? ORDER BY number"
            return [(who, subject) for who, subject in connection.execute(asked, (action,))]

    def tell(self, events: Sequence[Event]) -> None:
        """As if the watch had seen that."""
        engine = open_database(f"sqlite:///{self.folder / 'vigilanza.db'}")
        Journal(engine=engine, destinations=[], clock=SystemClock(), site="via Esempio 4").record(events)
        engine.dispose()

    def lines(self) -> float:
        """How many live pictures are on their way to pages now."""
        figures = httpx.get(f"{self.url}/metrics", trust_env=False).text
        [line] = [one for one in figures.splitlines() if one.startswith("vigilanza_web_live_lines ")]
        return float(line.split()[1])


@contextmanager
def running(folder: Path) -> Iterator[Box]:
    """Until the end of `with`."""
    films = {f"/{name}": film for name, film in FILMS.items()} | {f"/{SMALL}": LANDINGS[1]}
    with CameraServer(films, user=USER, password=CAMERA_PASSWORD) as server:
        path = configuration(folder, "dev_pos_two_fast_kick")
        document = yaml.safe_load(path.read_text("utf-8"))
        one: dict[str, Any] = document["cameras"][0]
        cameras = {name: one | {"id": name, "source": server.url(f"/{name}"), "doors": []} for name in FILMS}
        cameras[MASKED]["masks"] = [RIGHT_HALF]
        cameras[LARGE]["substream"] = server.url(f"/{SMALL}")
        document["cameras"] = list(cameras.values())
        path.write_text(json.dumps(document), "utf-8")
        with Command("run", "--config", path, folder=folder) as run:
            yield Box(run, folder, server)
            assert run.end() == 0
