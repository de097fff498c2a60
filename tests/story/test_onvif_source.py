"""A camera that is asked for its streams: which ones are taken, and what a reboot may change."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from tests.videos import video
from vigilanza.app.registry import open_source
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import OnvifTarget, parse_target
from vigilanza.capture.source import Source
from vigilanza.clock import SystemClock
from vigilanza.config import Config, advice, load
from vigilanza.domain.errors import SourceRefused, SourceUnavailable
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()
LARGE, SMALL = (640, 360), (320, 180)


@pytest.fixture
def streams() -> Iterator[CameraServer]:
    files = {"/main": video(size=LARGE), "/sub": video(size=SMALL)}
    with CameraServer(files, clock=CLOCK, user=USER, password=PASSWORD) as server:
        yield server


@pytest.fixture
def one(streams: CameraServer) -> Iterator[OnvifCamera]:
    with camera((replace(SUB, uri=streams.url("/sub")), replace(MAIN, uri=streams.url("/main")))) as it:
        yield it


def source(one: OnvifCamera, profile: str = "sub") -> OnvifSource:
    target = OnvifTarget("127.0.0.1", one.port, profile)
    return OnvifSource(target=target, user=USER, password=PASSWORD, clock=CLOCK, open_timeout=2.0, read_timeout=0.8)


def size_of(source: Source) -> tuple[int, int]:
    packets = source.packets(threading.Event())
    format_ = next(packets).format
    packets.close()  # type: ignore[attr-defined] # a generator, as all sources' iterators are
    return format_.width_px, format_.height_px


def configured(folder: Path, streams: str) -> Config:
    text = f"site: {{id: s, name: n}}\ncameras:\n  - id: c\n    {streams}\n"
    (folder / "c.yaml").write_text(text + f"    credentials: {{user: {USER}, password_env: CAM}}\n", encoding="utf-8")
    return load(folder / "c.yaml", environ={"CAM": PASSWORD})


def test_a_camera_given_by_its_address_is_kept_large_and_analysed_small(one: OnvifCamera, tmp_path: Path) -> None:
    whole = configured(tmp_path, f"source: onvif://{one.address}").cameras[0]
    assert size_of(open_source(whole, whole.source, CLOCK)) == LARGE
    assert size_of(open_source(whole, whole.analysed, CLOCK)) == SMALL


@pytest.mark.parametrize(
    ("given", "kept", "analysed"),
    [
        ("source: onvif://h:81/", "onvif://h:81/main", "onvif://h:81/sub"),
        ("source: ONVIF://h/main", "onvif://h/main", "onvif://h/main"),
        ("source: onvif://h\n    substream: onvif://h", "onvif://h/main", "onvif://h/sub"),
        ("source: onvif://h/P1\n    substream: onvif://h/P2", "onvif://h/P1", "onvif://h/P2"),
        ("source: onvif://h\n    substream: rtsp://h/s", "onvif://h/main", "rtsp://h/s"),
    ],
)
def test_what_stands_in_the_configuration_names_a_profile_for_each_use(
    given: str, kept: str, analysed: str, tmp_path: Path
) -> None:
    config = configured(tmp_path, given)
    assert (config.cameras[0].source, config.cameras[0].analysed) == (kept, analysed)
    assert any("no substream" in line for line in advice(config)) == (kept == analysed)


def test_a_camera_asked_by_onvif_without_a_user_is_warned_of(tmp_path: Path) -> None:
    text = "site: {id: s, name: n}\ncameras: [{id: c, source: 'onvif://h'}]\n"
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    said = advice(load(tmp_path / "c.yaml", environ={}))
    assert "camera c: no credentials; hardly a camera answers ONVIF without" in said


def test_a_profile_can_be_named_by_its_token(one: OnvifCamera) -> None:
    assert size_of(source(one, "Profile_1")) == LARGE
    with pytest.raises(SourceRefused, match="has no profile Profile_9; it has: Profile_2, Profile_1"):
        size_of(source(one, "Profile_9"))


def test_another_path_or_port_after_a_reboot_heals_with_the_next_connection(
    one: OnvifCamera, streams: CameraServer
) -> None:
    reading = source(one)
    assert size_of(reading) == SMALL
    with CameraServer({"/new": video(size=LARGE)}, clock=CLOCK, user=USER, password=PASSWORD) as elsewhere:
        one.device.profiles["Profile_2"] = replace(SUB, uri=elsewhere.url("/new"))
        one.reboot()
        streams.unplug()
        assert size_of(reading) == LARGE


def test_a_stream_that_is_well_is_read_although_nobody_answers_questions_any_more(one: OnvifCamera) -> None:
    reading = source(one)
    one.unplug()
    with pytest.raises(SourceUnavailable):
        size_of(reading)
    one.plug_in()
    assert size_of(reading) == SMALL
    one.unplug()
    assert size_of(reading) == SMALL


def test_a_new_password_is_no_outage_but_calls_for_a_person(one: OnvifCamera, streams: CameraServer) -> None:
    reading = source(one)
    assert size_of(reading) == SMALL
    other = OnvifCamera([SimProfile("p", streams.url("/sub"))], user=USER, password="another", port=one.port)
    one.unplug()
    with other, pytest.raises(SourceRefused, match="wrong user or password"):
        size_of(reading)
    one.plug_in()


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "http://127.0.0.1/x", "concat:/etc/passwd"])
def test_a_camera_cannot_make_us_read_anything_but_a_stream(one: OnvifCamera, uri: str) -> None:
    one.device.profiles["Profile_2"] = replace(SUB, uri=uri)
    with pytest.raises(SourceRefused, match="the camera gives an address that is not of RTSP"):
        size_of(source(one))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("192.0.2.1", OnvifTarget("192.0.2.1", 80, "main")),
        ("cam.local:8000", OnvifTarget("cam.local", 8000, "main")),
        ("onvif://[2001:db8::1]:8000/sub", OnvifTarget("2001:db8::1", 8000, "sub")),
        ("onvif://h/Profile%201", OnvifTarget("h", 80, "Profile 1")),
        ("onvifs://h", OnvifTarget("h", 443, "main", secure=True)),
        ("ONVIFS://h:8443/sub", OnvifTarget("h", 8443, "sub", secure=True)),
    ],
)
def test_addresses_of_cameras(text: str, target: OnvifTarget) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["", "onvif://", "rtsp://h/x", "h:0", "h:x", "me:pw@h", "onvif://h?x=1", "http://h"])
def test_what_is_no_address_of_a_camera(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|profile") as caught:
        parse_target(text)
    assert "pw" not in str(caught.value)


def test_an_encrypted_stream_of_a_camera_nobody_vouches_for_is_refused(streams: CameraServer) -> None:
    encrypted = replace(SUB, uri=streams.url("/sub").replace("rtsp://", "rtsps://"))
    with camera((encrypted,)) as one, pytest.raises(SourceRefused, match="ca_file"):
        size_of(source(one))
