"""`vigilanza discover` and `vigilanza probe` as a technician before a new camera meets them."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.certificates import self_signed
from tests.commands import configuration
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from tests.videos import video
from vigilanza.__main__ import main
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer
from vigilanza.lab.simcam import CameraServer

Vigilanza = Callable[..., "Said"]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def vigilanza(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Vigilanza:
    def run(*arguments: str | Path, password: str | None = PASSWORD) -> Said:
        monkeypatch.setattr(sys, "argv", ["vigilanza", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.delenv("CAMERA_PASSWORD", raising=False)
        if password is not None:
            monkeypatch.setenv("CAMERA_PASSWORD", password)
        with pytest.raises(SystemExit) as ended:
            main()
        said = Said(int(ended.value.code or 0), *capsys.readouterr())
        assert password is None or password not in said.out + said.err
        return said

    return run


def test_a_camera_is_discovered_and_its_address_is_what_probe_wants(vigilanza: Vigilanza) -> None:
    with (
        camera() as one,
        DiscoveryAnswerer(Announced("Scala B", "Sim Cam", lambda: [one.xaddr]), port=0) as answerer,
    ):
        port = ("--port", answerer.port, "--wait", "0.5")
        words = vigilanza("discover", "--interface", "lo", *port)
        assert words.code == 0
        assert words.out.splitlines()[1].split("  ")[0] == one.address
        assert "Scala B  Sim Cam" in words.out
        told = json.loads(vigilanza("discover", "--subnet", "127.0.0.1/32", "--json", *port).out)
        assert told == {
            "address": one.address,
            "name": "Scala B",
            "hardware": "Sim Cam",
            "xaddr": one.xaddr,
            "endpoint": Announced("Scala B", "", tuple).endpoint,
        }
        assert vigilanza("probe", told["address"], "--user", USER).code == 0


def test_a_camera_that_offers_only_https_is_discovered_as_such_and_probed(vigilanza: Vigilanza, tmp_path: Path) -> None:
    identity = self_signed(tmp_path, "IPCAM")
    with (
        camera(tls=identity.server) as one,
        DiscoveryAnswerer(Announced("Scala B", "Sim Cam", lambda: [one.xaddr]), port=0) as answerer,
    ):
        found = vigilanza("discover", "--host", "127.0.0.1", "--json", "--port", answerer.port, "--wait", "0.5")
        address = json.loads(found.out)["address"]
        assert address == f"onvifs://{one.address}"
        assert "--ca-file" in vigilanza("probe", address, "--user", USER).err
        refused = vigilanza("probe", address, "--user", USER, "--ca-file", identity.ca_file)
        assert (refused.code, "its certificate is for IPCAM, not for 127.0.0.1" in refused.err) == (77, True)
        assert not one.requests
        known = ("--ca-file", identity.ca_file, "--tls-name", "IPCAM")
        assert vigilanza("probe", address, "--user", USER, *known).code == 0


def test_nobody_there_is_said_and_a_large_or_wrong_network_is_refused(vigilanza: Vigilanza) -> None:
    nobody = vigilanza("discover", "--host", "127.0.0.1", "--port", "9", "--wait", "0.1")
    assert (nobody.code, nobody.out.partition(".")[0]) == (1, "No camera answered")
    assert vigilanza("discover", "--host", "127.0.0.1", "--port", "9", "--wait", "0.1", "--json").out == ""
    interface = vigilanza("discover", "--interface", "no-such0")
    assert (interface.code, interface.err.partition(",")[0]) == (78, "--interface: no 'no-such0' here")
    for subnet, why in (("10.0.0.0/8", "ask in parts"), ("fe80::/120", "is no network"), ("x", "is no network")):
        said = vigilanza("discover", "--subnet", subnet)
        assert said.code == 78
        assert said.err.startswith("--subnet: ")
        assert why in said.err


def test_a_camera_that_is_set_well_is_shown_without_advice(vigilanza: Vigilanza) -> None:
    with camera() as one:
        said = vigilanza("probe", one.address, "--user", USER)
    assert said.code == 0
    lines = [line.split() for line in said.out.splitlines()]
    assert said.out.startswith("Vigilanza SimCam, firmware 1.0, serial number SIM")
    assert ["Profile_1", "kept", "H.264", "1280x720", "15", "2", "s", "2048", "no"] in lines
    assert ["Profile_2", "analysed", "H.264", "640x360", "10", "2", "s", "384", "no"] in lines
    assert said.out.splitlines()[-1] == "Nothing needs to be set otherwise."


def test_what_is_set_wrongly_and_doors_that_are_too_small_are_told_with_what_to_do(
    vigilanza: Vigilanza, tmp_path: Path
) -> None:
    config = configuration(tmp_path, "dev_pos_lone_pry_then_kick")
    with camera((replace(MAIN, gop=300, codec="H265"), replace(SUB, audio=True))) as one:
        one.faults.clock_ahead = -7200.0
        said = vigilanza("probe", one.address, "--user", USER, "--config", config, "--camera", "cam")
        told = vigilanza("probe", one.address, "--user", USER, "--config", config, "--json")
        assert vigilanza("probe", one.address, "--user", USER, "--config", config, "--camera", "x").code == 78
    advice = [line for line in said.out.splitlines() if line.startswith("advice: ")]
    assert said.code == told.code == 1
    assert [line.split(": ")[1] for line in advice] == ["camera", "Profile_1", "Profile_2", "door S"]
    assert advice[1].endswith("I-frame interval 2 s (30 pictures); switch off smart codecs such as H.264+")
    assert "pixels per metre" in advice[3]
    answer = json.loads(told.out)
    assert [each["about"] for each in answer["advice"]] == ["camera", "Profile_1", "Profile_2", "door S"]
    assert [(each["codec"], each["use"], each["gop_seconds"]) for each in answer["profiles"]] == [
        ("H.265", ["kept"], 20.0),
        ("H.264", ["analysed"], 2.0),
    ]
    assert answer["doors"]["S"]["px_per_metre"] > 10


def test_what_the_streams_send_is_measured_whatever_the_camera_says(vigilanza: Vigilanza) -> None:
    with (
        CameraServer({"/m": video(frames=60, rate=20, gop=10)}, user=USER, password=PASSWORD) as streams,
        camera((replace(MAIN, uri=streams.url("/m")), replace(SUB, uri=streams.url("/gone")))) as one,
    ):
        said = vigilanza("probe", one.address, "--user", USER, "--measure", "2")
        gone = f"no pictures: rtsp://127.0.0.1:{streams.port}/gone: the camera has no such path"
    assert said.code == 1
    assert [line for line in said.out.splitlines() if line.startswith("advice: ")] == [
        f"advice: Profile_2: {gone}: switch RTSP on, let this user see it, open its port"
    ]
    (measured,) = [line for line in said.out.splitlines() if line.startswith("measured: ")]
    assert measured.startswith("measured: Profile_1: H.264 320x180, ")
    assert re.search(r"(19|2\d)\.\d pictures a second, key frames every 0\.[4-7] s, \d+ kbit/s$", measured)


def test_what_a_device_calls_itself_is_shown_as_it_is(vigilanza: Vigilanza) -> None:
    name = "[/] [red]x[/red]"
    with (
        camera((replace(MAIN, token="[/]"), SUB)) as one,
        DiscoveryAnswerer(Announced(name, "[bold]", lambda: [one.xaddr]), port=0) as answerer,
    ):
        found = vigilanza("discover", "--interface", "lo", "--port", answerer.port, "--wait", "0.5")
        probed = vigilanza("probe", one.address, "--user", USER)
    assert (found.code, probed.code) == (0, 0)
    assert f"{name}  [bold]" in found.out
    assert "[/]        kept" in probed.out


def test_a_camera_that_is_away_and_one_that_refuses_end_differently(vigilanza: Vigilanza) -> None:
    with camera() as one:
        refused = vigilanza("probe", one.address, "--user", USER, password="wrong-one")
        one.unplug()
        away = vigilanza("probe", one.address, "--user", USER)
        where = f"onvif://{one.address}: "
    assert (refused.code, refused.err) == (77, where + "wrong user or password, or not allowed to use ONVIF\n")
    assert (away.code, away.err) == (69, where + "connection refused\n")
    assert refused.out == away.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("probe", "http://192.0.2.1", "--user", USER),
        ("probe", "vigil:pw@192.0.2.1", "--user", USER),
        ("probe", "192.0.2.1", "--user", USER, "--camera", "cam"),
        ("probe",),
    ],
)
def test_wrong_use_ends_with_2(vigilanza: Vigilanza, arguments: tuple[str, ...]) -> None:
    assert vigilanza(*arguments).code == 2


def test_a_password_is_asked_for_where_it_belongs(vigilanza: Vigilanza) -> None:
    said = vigilanza("probe", "192.0.2.1", "--user", USER, password=None)
    assert said.code == 2
    assert "export CAMERA_PASSWORD=" in said.err
