"""Doors and masks are drawn over the API and saved into the configuration's file."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from tests.commands import VIDEOS
from tests.contract.api_client import Counter
from tests.drawn_site import TEXT, DrawnSite, site, watched
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.fakes import FakeClock
from vigilanza.config import load
from vigilanza.domain.role import Role

ALL, ONE = "/api/setup/cameras", "/api/setup/cameras/landing"
NEW = {
    "id": "flat-14",
    "role": "sealed",
    "leaf": [[0.75, 0.1], [0.9, 0.1], [0.9, 0.8], [0.75, 0.8]],
    "floor": [],
}


@pytest.fixture
def drawn(tmp_path: Path, clock: FakeClock) -> DrawnSite:
    drawn = site(tmp_path, clock=clock)
    os.utime(tmp_path / "state" / "watch.prom", (clock.now(), clock.now()))
    return drawn


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, board=drawn.board)


@pytest.fixture
def technician(room: Room, counter: Counter) -> httpx.Client:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    return counter.signed_in(OPERATOR)


def drawing(technician: httpx.Client) -> dict[str, Any]:
    """Of the first camera, ready to be changed and sent back."""
    told = technician.get(ALL).json()
    doors = [{key: door[key] for key in ("id", "role", "leaf", "floor")} for door in told["cameras"][0]["doors"]]
    return {"hash": told["hash"], "doors": doors, "masks": told["cameras"][0]["masks"]}


def test_every_camera_is_told_with_its_sharpness(technician: httpx.Client, drawn: DrawnSite) -> None:
    told = technician.get(ALL).json()
    assert told["hash"] == hashlib.sha256(drawn.path.read_bytes()).hexdigest()
    assert told["least"] == {"px_per_metre": 80.0, "width_px": 40.0}
    landing, cellar = told["cameras"]
    assert (landing["id"], landing["size_px"]) == ("landing", [640, 360])
    assert [(door["id"], door["role"], door["px_per_metre"]) for door in landing["doors"]] == [
        ("flat-12", "sealed", 68.6),
        ("flat-13", "neighbour", 68.6),
    ]
    assert landing["masks"] == [[[0.6, 0.3], [0.7, 0.3], [0.7, 0.4]]]
    assert cellar == {"id": "cellar", "size_px": None, "doors": [], "masks": []}


def test_a_door_is_saved_and_all_else_stays(
    technician: httpx.Client, drawn: DrawnSite, room: Room, clock: FakeClock
) -> None:
    drawn.path.chmod(0o640)
    body = drawing(technician)
    body["doors"].append(NEW)
    answer = technician.put(ONE, json=body)
    assert answer.status_code == 200, answer.text
    added = '      - id: "flat-14"\n        role: sealed\n'
    added += "        leaf: [[0.75, 0.1], [0.9, 0.1], [0.9, 0.8], [0.75, 0.8]]\n"
    assert drawn.path.read_text("utf-8") == TEXT.replace("    masks:\n", f"{added}    masks:\n")
    assert stat.S_IMODE(drawn.path.stat().st_mode) == 0o640
    [former] = drawn.former()
    assert former.read_text("utf-8") == TEXT
    assert former.name.endswith("Z")
    assert [door.id for door in load(drawn.path, environ={}).cameras[0].doors] == ["flat-12", "flat-13", "flat-14"]
    assert answer.json() == technician.get(ALL).json()
    [record] = [one for one in room.audit.latest(50) if one.action == "setup.saved"]
    assert (record.who, record.subject, record.at) == (OPERATOR, "landing", clock.now())
    digests = {"from": body["hash"], "to": answer.json()["hash"], "former": former.name}
    assert json.loads(record.detail) == digests


def test_who_read_an_older_file_is_told_to_read_again(technician: httpx.Client, drawn: DrawnSite) -> None:
    body = drawing(technician)
    edited = TEXT.replace("since June", "since July")
    drawn.path.write_text(edited, "utf-8")
    answer = technician.put(ONE, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "layout_stale")
    assert drawn.path.read_text("utf-8") == edited
    assert drawn.former() == []


TWISTED = [[0.75, 0.1], [0.9, 0.8], [0.9, 0.1], [0.75, 0.8]]
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"doors+": {**NEW, "leaf": TWISTED}}, "doors[2].leaf", "crosses edge"),
    ({"doors+": {**NEW, "floor": TWISTED[:2]}}, "doors[2].floor", "at least 3 points"),
    ({"doors+": {**NEW, "leaf": [[0.1, 0.1]] * 3}}, "doors[2].leaf", "no area"),
    ({"doors+": {**NEW, "id": "flat 14"}}, "doors[2].id", "letters, digits"),
    ({"doors+": {**NEW, "id": "flat-13"}}, "doors[2].id", "there twice"),
    ({"masks+": TWISTED}, "masks[1]", "crosses edge"),
]


@pytest.mark.parametrize(("change", "field", "why"), REFUSED)
def test_what_is_wrong_is_refused_at_its_field(
    technician: httpx.Client, drawn: DrawnSite, room: Room, change: dict[str, Any], field: str, why: str
) -> None:
    body = drawing(technician)
    for key, value in change.items():
        if key.endswith("+"):
            body[key[:-1]].append(value)
        else:
            body[key] = value
    answer = technician.put(ONE, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "layout_refused", field)
    assert why in error["message"]
    assert str(drawn.path.parent) not in error["message"]
    assert drawn.path.read_text("utf-8") == TEXT
    assert sorted(path.name for path in drawn.path.parent.glob("*cameras.yaml*")) == ["cameras.yaml"]
    assert room.records("setup.saved") == []


WEAKER: list[tuple[dict[str, Any], str]] = [
    ({"masks": []}, "what mask 1 hides would be shown in part"),
    ({"masks": [[[0.6, 0.3], [0.65, 0.3], [0.7, 0.4]]]}, "what mask 1 hides would be shown in part"),
    ({"doors": [NEW]}, "the sealed door flat-12 would no longer be watched"),
]


@pytest.mark.parametrize(("change", "what"), WEAKER)
def test_what_protects_less_is_saved_and_the_record_says_so(
    technician: httpx.Client, drawn: DrawnSite, room: Room, change: dict[str, Any], what: str
) -> None:
    answer = technician.put(ONE, json=drawing(technician) | change)
    assert answer.status_code == 200, answer.text
    assert drawn.path.read_text("utf-8") != TEXT
    [record] = [one for one in room.audit.latest(50) if one.action == "setup.saved"]
    assert json.loads(record.detail)["weaker"] == [what]


@pytest.mark.parametrize(
    "body",
    [
        {"doors": [{**NEW, "leaf": [[0.1, 1.2], [0.2, 0.2], [0.3, 0.3]]}]},
        {"doors": [{**NEW, "contact": {"input": "DI1"}}]},
        {"doors": [{**NEW, "role": "sealled"}]},
        {"masks": [[[0.1, 0.1], [0.2]]]},
        {"masks": [[[0.1, 0.1]] * 65]},
        {"hash": 7},
    ],
)
def test_what_is_no_drawing_is_refused(technician: httpx.Client, drawn: DrawnSite, body: dict[str, Any]) -> None:
    answer = technician.put(ONE, json=drawing(technician) | body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert drawn.path.read_text("utf-8") == TEXT


def test_a_camera_that_is_not_in_the_file_is_not_found(technician: httpx.Client) -> None:
    for answer in (technician.get(f"{ALL}/attic/still"), technician.put(f"{ALL}/attic", json=drawing(technician))):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_file_that_is_wrong_by_now_is_not_drawn_on(technician: httpx.Client, drawn: DrawnSite) -> None:
    drawn.path.write_text(TEXT.replace("role: neighbour", "role: nobody"), "utf-8")
    answer = technician.get(ALL)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "layout_unwritable")
    assert "12:9: cameras[0].doors[1].role" in answer.json()["error"]["message"]


def test_a_file_that_cannot_be_written_is_said_to_be_so(
    technician: httpx.Client, drawn: DrawnSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(_: Path, __: Path) -> Path:
        raise OSError(30, "Read-only file system")

    body = drawing(technician)
    body["doors"].append(NEW)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", read_only)
        answer = technician.put(ONE, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "layout_unwritable")
    assert "cameras.yaml cannot be written (Read-only file system)" in answer.json()["error"]["message"]
    assert drawn.path.read_text("utf-8") == TEXT
    assert sorted(path.name for path in drawn.path.parent.glob("*cameras.yaml*")) == ["cameras.yaml"]


def test_the_still_is_masked_and_who_looks_is_written_down_before(
    technician: httpx.Client, drawn: DrawnSite, room: Room
) -> None:
    away = technician.get(f"{ONE}/still")
    assert (away.status_code, away.json()["error"]["code"]) == (503, "no_pictures")
    assert room.records("setup.viewed") == []
    half = "[[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]"
    drawn.path.write_text(TEXT.replace("[[0.6, 0.3], [0.7, 0.3], [0.7, 0.4]]", half), "utf-8")
    with watched(drawn.path.parent, VIDEOS / "dev_pos_two_fast_kick.mp4"):
        answer = technician.get(f"{ONE}/still")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    middle = picture.shape[1] // 2
    assert picture[:, middle + 16 :].max() < 40
    assert picture[:, : middle - 16].mean() > 40
    assert room.records("setup.viewed") == ["landing"]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.TECHNICIAN, Role.SUPERVISOR)])
def test_others_may_neither_see_nor_draw(room: Room, counter: Counter, drawn: DrawnSite, role: Role) -> None:
    if role is Role.INTEGRATOR:
        client = counter.program(room.tokens.issue("city", days=1, by="anna"))
    else:
        room.accounts.create(OPERATOR, PASSWORD, roles={role})
        client = counter.signed_in(OPERATOR)
    for answer in (client.get(ALL), client.get(f"{ONE}/still"), client.put(ONE, json={})):
        assert answer.status_code == 403
    assert drawn.path.read_text("utf-8") == TEXT
