"""Floor plans over a socket: where an incident is, and a picture that is nothing else."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.e2e.seed import Room, Scene, camera_covered, forced_entry, furnish
from tests.fakes import FakeClock
from tests.unit.test_plan import encoded
from vigilanza.domain.plan import FloorPlan, Spot
from vigilanza.store.planfile import read_plan
from vigilanza.web.site import SitePlan

DOOR = "0423.B.03.12"
PLAN = FloorPlan(
    "stair-b",
    "Scala B",
    cameras=(Spot("SCALA-B-P3", 0.5, 0.75, 0.0), Spot("SCALA-B-P4", 0.9, 0.75)),
    doors=(Spot(DOOR, 0.25, 0.25),),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.png"
    path.write_bytes(encoded(".png"))
    return path


@pytest.fixture
def room(tmp_path: Path, file: Path, clock: FakeClock) -> Iterator[Room]:
    plans = [SitePlan(PLAN, 40, 30, partial(read_plan, file))]
    yield from furnish(tmp_path, clock=clock, plans=plans)


def test_an_incident_tells_where_it_is(room: Room, client: httpx.Client, file: Path) -> None:
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    plan = client.get(f"/api/incidents/{scene.incident}").json()["plan"]
    assert (plan["name"], plan["width"], plan["height"]) == ("Scala B", 40, 30)
    assert plan["cameras"] == [
        {"id": "SCALA-B-P3", "x": 0.5, "y": 0.75, "here": True, "direction": 0.0},
        {"id": "SCALA-B-P4", "x": 0.9, "y": 0.75, "here": False, "direction": None},
    ]
    assert plan["doors"] == [{"id": DOOR, "x": 0.25, "y": 0.25, "here": True}]
    picture = client.get(plan["url"])
    assert (picture.content, picture.headers["content-type"]) == (file.read_bytes(), "image/png")
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_no_plan_shows_has_none(room: Room, client: httpx.Client) -> None:
    scene = Scene("SCALA-A-P1", None, room.clock.now() - 60)
    room.journal.record(camera_covered(scene))
    assert client.get(f"/api/incidents/{scene.incident}").json()["plan"] is None


@pytest.mark.parametrize("content", [None, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>"])
def test_what_was_put_in_its_place_is_not_served(client: httpx.Client, file: Path, content: bytes | None) -> None:
    assert client.get("/api/plans/stair-b").status_code == 200
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    for name in ("stair-b", "elsewhere", "..%2Fplan.png"):
        assert client.get(f"/api/plans/{name}").status_code == 404
