"""A technician looks for cameras over the API and asks one how it is set; nobody else is asked, and nothing leaks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.certificates import self_signed
from tests.contract.api_client import Counter
from tests.drawn_site import TEXT, site
from tests.e2e.seed import OPERATOR, Room, furnish
from tests.e2e.seed import PASSWORD as SECRET
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from vigilanza.app.scout import NetworkScout
from vigilanza.clock import SystemClock
from vigilanza.config.networks import Network
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.role import Role
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer

SEARCH, PROBE = "/api/setup/search", "/api/setup/probe"
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def one() -> Iterator[OnvifCamera]:
    with camera((replace(MAIN, gop=300), replace(SUB, audio=True))) as one:
        yield one


@pytest.fixture
def answerer(one: OnvifCamera) -> Iterator[DiscoveryAnswerer]:
    with DiscoveryAnswerer(Announced("Scala B", "Sim Cam", lambda: [one.xaddr]), port=0) as answerer:
        yield answerer


@pytest.fixture
def networks() -> tuple[Network, ...]:
    return LOOPBACK


@pytest.fixture
def room(tmp_path: Path, networks: tuple[Network, ...], answerer: DiscoveryAnswerer) -> Iterator[Room]:
    drawn = site(tmp_path)
    scout = NetworkScout(board=drawn.board, networks=networks, clock=SystemClock(), port=answerer.port, patience=1.0)
    yield from furnish(tmp_path, board=drawn.board, scout=scout)


@pytest.fixture
def technician(room: Room, counter: Counter) -> httpx.Client:
    room.accounts.create(OPERATOR, SECRET, roles={Role.TECHNICIAN})
    return counter.signed_in(OPERATOR)


def asking(one: OnvifCamera, **more: Any) -> dict[str, Any]:
    return {"address": one.address, "user": USER, "password": PASSWORD} | more


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    assert PASSWORD not in answer.text
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def detail(room: Room, action: str) -> Any:
    """Of the newest record."""
    return json.loads(next(record.detail for record in room.audit.latest(50) if record.action == action))


@pytest.mark.parametrize("where", [{}, {"hosts": ["127.0.0.1"]}, {"subnets": ["127.0.0.1/32"]}])
def test_cameras_that_answer_are_told_with_the_one_that_is_configured(
    technician: httpx.Client, room: Room, one: OnvifCamera, tmp_path: Path, where: dict[str, Any]
) -> None:
    told = {"address": one.address, "name": "Scala B", "hardware": "Sim Cam", "service": one.xaddr}
    places = {
        "rtsp://127.0.0.1:8554/main": "landing",
        "onvif://127.0.0.1:9": None,
        f"onvif://127.0.0.1:{one.port}/sub": "landing",
        f"onvif://LOCALHOST:{one.port}": "landing",
    }
    for source, camera_id in places.items():
        text = TEXT.replace("127.0.0.1:8554/cellar", "10.0.0.1/cellar").replace("rtsp://127.0.0.1:8554/main", source)
        (tmp_path / "cameras.yaml").write_text(text, "utf-8")
        assert told | {"camera": camera_id} in technician.post(SEARCH, json=where).json()["found"], source
    assert room.records("setup.searched") == ["networks"] * len(places)
    assert detail(room, "setup.searched") == {"hosts": [], "subnets": []} | where


def test_a_camera_is_told_as_probe_tells_it_with_advice_in_both_languages(
    technician: httpx.Client, room: Room, one: OnvifCamera, caplog: pytest.LogCaptureFixture
) -> None:
    one.faults.clock_ahead = 7200.0
    with caplog.at_level("DEBUG"):
        answer = technician.post(PROBE, json=asking(one))
    assert PASSWORD not in caplog.text
    assert answer.status_code == 200, answer.text
    assert PASSWORD not in answer.text
    told = answer.json()
    assert told["source"] == f"onvif://{one.address}"
    assert (told["device"]["manufacturer"], told["device"]["model"]) == ("Vigilanza", "SimCam")
    assert told["clock_ahead"] == pytest.approx(7200.0, abs=30.0)
    kept, analysed = told["profiles"]
    assert (kept["use"], kept["codec"], kept["width_px"], kept["gop_seconds"]) == (["kept"], "H.264", 1280, 20.0)
    assert (analysed["use"], analysed["height_px"], analysed["audio"]) == (["analysed"], 360, True)
    assert [one["about"] for one in told["advice"]] == ["camera", "Profile_1", "Profile_2"]
    assert told["advice"][2]["do"] == {
        "it": "disattivare l'audio: non se ne può registrare",
        "en": "switch audio off: none may be recorded",
    }
    assert room.records("setup.probed") == [f"onvif://{one.address}"]
    assert detail(room, "setup.probed") == {"signed_in": True}
    assert not [record for record in room.audit.latest(50) if PASSWORD in record.detail or USER in record.detail]


def test_why_a_camera_does_not_tell_is_said(technician: httpx.Client, one: OnvifCamera, tmp_path: Path) -> None:
    assert refusal(technician.post(PROBE, json=asking(one, password="wrong")))[:2] == (422, "camera_password")
    assert refusal(technician.post(PROBE, json={"address": one.address}))[:2] == (422, "camera_password")
    one.faults.garbage = True
    assert refusal(technician.post(PROBE, json=asking(one)))[:2] == (422, "camera_not_onvif")
    one.faults.garbage = False
    with camera() as elsewhere:
        one.faults.sends_on_to = f"http://localhost:{elsewhere.port}"
        assert refusal(technician.post(PROBE, json=asking(one)))[:2] == (422, "camera_refuses")
        assert not elsewhere.requests
    one.unplug()
    answer = technician.post(PROBE, json=asking(one))
    assert refusal(answer)[:2] == (422, "camera_silent")
    assert answer.json()["error"]["message"] == f"onvif://{one.address}: connection refused"
    unknown = technician.post(PROBE, json=asking(one, address="no-such-host.invalid"))
    assert refusal(unknown)[:2] == (422, "camera_unknown")


def test_a_camera_by_https_is_known_by_its_certificate(technician: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    identity, other = self_signed(tmp_path, "IPCAM"), self_signed(tmp_path / "other", "IPCAM")
    with camera(tls=identity.server) as one:
        secure = asking(one, address=f"onvifs://{one.address}")
        known = secure | {"certificate": identity.ca_file.read_text("ascii")}
        assert refusal(technician.post(PROBE, json=secure)) == (422, "camera_refused", "certificate")
        assert refusal(technician.post(PROBE, json=secure | {"certificate": "x"}))[2] == "certificate"
        assert refusal(technician.post(PROBE, json=known))[:2] == (422, "camera_untrusted")
        strange = known | {"certificate": other.ca_file.read_text("ascii"), "tls_name": "IPCAM"}
        assert refusal(technician.post(PROBE, json=strange))[:2] == (422, "camera_untrusted")
        assert not one.requests
        answer = technician.post(PROBE, json=known | {"tls_name": "IPCAM"})
        assert answer.json()["source"] == f"onvifs://{one.address}", answer.text
    with camera() as plain:
        answer = technician.post(PROBE, json=known | {"address": f"onvifs://{plain.address}"})
        assert refusal(answer)[:2] == (422, "camera_not_onvif")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (PROBE, {"address": "http://127.0.0.1"}, "address"),
        (PROBE, {"address": f"{USER}:{PASSWORD}@127.0.0.1"}, "address"),
        (PROBE, {"address": "127.0.0.1", "user": USER}, "user"),
        (PROBE, {"address": "127.0.0.1", "password": PASSWORD}, "user"),
        (SEARCH, {"subnets": ["127.0.0.0/8"]}, "subnets"),
        (SEARCH, {"subnets": ["here"]}, "subnets"),
        (SEARCH, {"subnets": ["127.0.0.0/22", "127.0.4.0/30"]}, "subnets"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(
    technician: httpx.Client, room: Room, path: str, body: dict[str, Any], field: str
) -> None:
    assert refusal(technician.post(path, json=body)) == (422, "camera_refused", field)
    assert room.records("setup.searched") == room.records("setup.probed") == []


@pytest.mark.parametrize("networks", [(), (ip_network("192.168.0.0/16"), ip_network("fc00::/7"))])
def test_nobody_is_asked_outside_the_networks_of_cameras(
    technician: httpx.Client, room: Room, one: OnvifCamera, answerer: DiscoveryAnswerer
) -> None:
    """Nor this machine, though the configuration has a camera there."""
    names = ("127.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")
    for host in names:
        answer = technician.post(PROBE, json=asking(one, address=f"{host}:{one.port}"))
        assert refusal(answer) == (422, "out_of_reach", "address"), host
    for where in ({"hosts": ["127.0.0.1"]}, {"hosts": ["localhost"]}, {"subnets": ["127.0.0.0/24"]}):
        answer = technician.post(SEARCH, json=where)
        assert refusal(answer)[:2] == (422, "out_of_reach"), where
    assert not one.requests
    assert answerer.probes == 0
    assert len(room.records("setup.probed")) == len(names), "whoever tried is on record"
    assert len(room.records("setup.searched")) == 3


def test_nobody_is_asked_that_is_not_on_record_before(
    technician: httpx.Client, room: Room, one: OnvifCamera, answerer: DiscoveryAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        raise JournalUnavailable("gone")

    monkeypatch.setattr(room.audit, "append", away)
    assert refusal(technician.post(PROBE, json=asking(one)))[:2] == (503, "journal_unavailable")
    assert refusal(technician.post(SEARCH, json={}))[:2] == (503, "journal_unavailable")
    assert not one.requests
    assert answerer.probes == 0


def test_text_that_is_none_is_refused(technician: httpx.Client, one: OnvifCamera) -> None:
    for key in ("address", "user", "password", "certificate", "tls_name"):
        for text in ("\\ud800", "\\u0000", ""):
            body = json.dumps(asking(one) | {key: "?"}).replace('"?"', f'"{text}"')
            answer = technician.post(PROBE, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422 or (key, text) == ("certificate", ""), (key, text, answer.text)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DPO, Role.AUDITOR])
def test_others_may_not_look(room: Room, counter: Counter, one: OnvifCamera, role: Role) -> None:
    room.accounts.create(OPERATOR, SECRET, roles={role})
    client = counter.signed_in(OPERATOR)
    for path, body in ((SEARCH, {}), (PROBE, asking(one))):
        assert refusal(client.post(path, json=body)) == (403, "forbidden", "set_up_cameras")
    assert not one.requests
