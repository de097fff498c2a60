"""A camera is added over the API: into the configuration's file, its password into a file of its own."""

import json
import stat
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.certificates import self_signed
from tests.contract.api_client import Counter
from tests.drawn_site import TEXT, DrawnSite, site
from tests.e2e.seed import OPERATOR, Room, furnish
from tests.e2e.seed import PASSWORD as SECRET
from tests.onvif import PASSWORD, USER
from vigilanza.app.board import FileBoard
from vigilanza.app.enter import enter
from vigilanza.app.scout import NetworkScout
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.errors import JournalUnavailable, LayoutUnwritable
from vigilanza.domain.role import Role
from vigilanza.web.find import Question

CAMERAS = "/api/setup/cameras"


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnSite:
    return site(tmp_path)


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite) -> Iterator[Room]:
    networks = (ip_network("10.20.0.0/16"),)
    scout = NetworkScout(board=drawn.board, networks=networks, clock=SystemClock())
    yield from furnish(tmp_path, board=drawn.board, scout=scout)


@pytest.fixture
def technician(room: Room, counter: Counter) -> httpx.Client:
    room.accounts.create(OPERATOR, SECRET, roles={Role.TECHNICIAN})
    return counter.signed_in(OPERATOR)


def new(technician: httpx.Client, **more: Any) -> dict[str, Any]:
    digest = technician.get(CAMERAS).json()["hash"]
    return {"hash": digest, "id": "attic", "address": "10.20.0.7", "user": USER, "password": PASSWORD} | more


def beside(drawn: DrawnSite) -> list[str]:
    """What was left besides the configuration's file."""
    folders = (drawn.path.parent / "secrets", drawn.path.parent / "ca")
    return [path.name for folder in folders if folder.exists() for path in folder.iterdir()]


def test_a_camera_is_added_and_all_else_stays(technician: httpx.Client, drawn: DrawnSite, room: Room) -> None:
    answer = technician.post(CAMERAS, json=new(technician, address="10.20.0.7:8000"))
    assert answer.status_code == 200, answer.text
    assert [camera["id"] for camera in answer.json()["cameras"]] == ["landing", "cellar", "attic"]
    [file] = (drawn.path.parent / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    added = f'  - id: "attic"\n    source: "onvif://10.20.0.7:8000"\n    credentials:\n      user: "{USER}"\n'
    added += f'      password_file: "secrets/{file.name}"\n'
    assert drawn.path.read_text("utf-8") == TEXT.replace("\nstorage:", f"{added}\nstorage:")
    attic = load(drawn.path, environ={}).cameras[2]
    assert attic.credentials is not None
    assert (attic.credentials.user, attic.credentials.password.reveal()) == (USER, PASSWORD)
    assert (attic.source, attic.substream) == ("onvif://10.20.0.7:8000/main", "onvif://10.20.0.7:8000/sub")
    [former] = drawn.former()
    [record] = [one for one in room.audit.latest(50) if one.action == "setup.added"]
    detail = json.loads(record.detail)
    assert (record.who, record.subject, detail["source"]) == (OPERATOR, "attic", "onvif://10.20.0.7:8000")
    assert (detail["former"], detail["to"]) == (former.name, answer.json()["hash"])
    assert not [text for text in (answer.text, record.detail, drawn.path.read_text("utf-8")) if PASSWORD in text]


def test_a_camera_by_https_is_added_with_its_certificate(
    technician: httpx.Client, drawn: DrawnSite, tmp_path: Path
) -> None:
    (tmp_path / "made").mkdir()
    certificate = self_signed(tmp_path / "made", "IPCAM").ca_file.read_text("ascii")
    body = new(technician, address="onvifs://10.20.0.7", certificate=certificate, tls_name="IPCAM")
    assert technician.post(CAMERAS, json=body).status_code == 200
    attic = load(drawn.path, environ={}).cameras[2]
    assert attic.ca_file is not None
    assert (attic.ca_file.read_text("ascii"), attic.tls_name) == (certificate, "IPCAM")


def test_beside_a_link_the_files_are_found_after_the_restart(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = site(tmp_path / "real").path
    link = tmp_path / "site.yaml"
    link.symlink_to(path)
    board = FileBoard(load(link, environ={}), environ={}, clock=SystemClock())
    question = Question("10.20.0.7", USER, PASSWORD)
    enter(board, "attic", "onvif://10.20.0.7", question, digest=board.read().digest, before=lambda _: None)
    assert link.is_symlink()
    attic = load(link, environ={}).cameras[2]
    assert attic.credentials is not None
    assert attic.credentials.password.reveal() == PASSWORD


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"id": "cellar"}, "camera_refused", "id: there is a camera of this name already"),
    ({"address": "10.21.0.7"}, "out_of_reach", "lies in none of web.camera_networks"),
    ({"address": "onvifs://10.20.0.7"}, "camera_refused", "certificate: onvifs:// needs it"),
    ({"user": None}, "camera_refused", "belong together"),
    ({"id": "../attic"}, "invalid", "id: "),
    ({"password": "two\nlines"}, "invalid", "password: "),
    ({"hash": "0"}, "layout_stale", "was changed"),
]


@pytest.mark.parametrize(("change", "code", "why"), REFUSED)
def test_what_is_refused_leaves_nothing(
    technician: httpx.Client, drawn: DrawnSite, room: Room, change: dict[str, Any], code: str, why: str
) -> None:
    answer = technician.post(CAMERAS, json=new(technician, **change))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409 if code == "layout_stale" else 422, code)
    assert why in error["message"]
    assert PASSWORD not in answer.text
    assert drawn.path.read_text("utf-8") == TEXT
    assert beside(drawn) == room.records("setup.added") == []
    assert drawn.former() == []


def test_without_a_record_nothing_is_added(
    technician: httpx.Client, drawn: DrawnSite, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        raise JournalUnavailable("gone")

    body = new(technician)
    monkeypatch.setattr(room.audit, "append", away)
    assert technician.post(CAMERAS, json=body).json()["error"]["code"] == "journal_unavailable"
    assert drawn.path.read_text("utf-8") == TEXT
    assert beside(drawn) == []
    assert drawn.former() == []


def test_the_password_stays_if_something_fails_once_the_camera_is_written(
    technician: httpx.Client, drawn: DrawnSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise LayoutUnwritable("somebody is writing it")

    body = new(technician)
    monkeypatch.setattr(drawn.board, "read", broken)
    assert technician.post(CAMERAS, json=body).status_code == 503
    assert load(drawn.path, environ={}).cameras[2].credentials is not None


def test_a_folder_that_cannot_be_written_is_said_to_be_so(technician: httpx.Client, drawn: DrawnSite) -> None:
    (drawn.path.parent / "secrets").write_text("in the way", "utf-8")
    answer = technician.post(CAMERAS, json=new(technician))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "layout_unwritable")
    assert "must be writable for the page's server" in answer.json()["error"]["message"]
    assert drawn.path.read_text("utf-8") == TEXT


def test_others_may_not_add(room: Room, counter: Counter, drawn: DrawnSite) -> None:
    room.accounts.create(OPERATOR, SECRET, roles={Role.OPERATOR})
    assert counter.signed_in(OPERATOR).post(CAMERAS, json={}).status_code == 403
    assert drawn.path.read_text("utf-8") == TEXT
