"""ONVIF over HTTPS: only the camera we know is spoken to, and never without encryption."""

import threading
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from tests.certificates import self_signed, signed
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera, target_of
from tests.videos import video
from vigilanza.app.registry import open_source
from vigilanza.capture.camera_event import CameraEvent
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_events import OnvifEvents
from vigilanza.capture.trust import Trust
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.errors import ConfigError, SourceError, SourceRefused, SourceUnavailable
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()


def client(one: OnvifCamera, trust: Trust | None, *, secure: bool = True) -> OnvifClient:
    return OnvifClient(target=target_of(one, secure=secure), user=USER, password=PASSWORD, trust=trust, patience=20.0)


def refusal(one: OnvifCamera, trust: Trust, kind: type[SourceError] = SourceRefused, *, secure: bool = True) -> str:
    """What is said of a camera that is not asked, behind its address; no credential is in it."""
    with pytest.raises(kind) as caught:
        client(one, trust, secure=secure).stream_uri("main")
    everything = "".join(traceback.format_exception(caught.value))
    assert not any(secret in everything for secret in (PASSWORD, "s3cr"))
    where, _, said = str(caught.value).partition(f"127.0.0.1:{one.port}: ")
    assert where == ("onvifs://" if secure else "onvif://")
    return said


@pytest.mark.parametrize("digest", [False, True])
def test_a_camera_known_by_its_authority_is_asked_for_all_it_has(digest: bool, tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with camera(tls=identity.server) as one:
        one.faults.http_digest = digest
        assert one.xaddr.startswith("https://")
        asking = client(one, Trust(identity.ca_file))
        assert [profile.token for profile in asking.describe().profiles] == ["Profile_1", "Profile_2"]
        assert asking.stream_uri("sub") == SUB.uri


def test_a_camera_known_by_its_own_certificate_and_the_name_in_it_is_asked(tmp_path: Path) -> None:
    identity = self_signed(tmp_path, "IPCAM-4711")
    with camera(tls=identity.server) as one:
        assert client(one, Trust(identity.ca_file, "IPCAM-4711")).stream_uri("main") == MAIN.uri
        one.requests.clear()
        said = refusal(one, Trust(identity.ca_file))
        assert said == "its certificate is for IPCAM-4711, not for 127.0.0.1"
        assert not one.requests


def test_a_certificate_that_was_changed_is_told_before_anything_is_said(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    known, other = self_signed(tmp_path, "IPCAM"), self_signed(tmp_path / "other", "IPCAM")
    with camera(tls=other.server) as one:
        assert refusal(one, Trust(known.ca_file, "IPCAM")).startswith("its certificate is not the one expected: self")
        assert not one.requests


@pytest.mark.parametrize(
    ("name", "host", "known"),
    [
        ("*.lab.example", "b3.lab.example", True),
        ("*.lab.example", "b3.b.lab.example", False),
        ("*", "b3", False),
        ("*.", "b3", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("2001:DB8:0:0:0:0:0:7", "2001:db8::7", True),
        ("IPCAM", "ipcam", True),
        ("IPCAM 2", "ipcam", False),
    ],
)
def test_whom_a_certificate_names(name: str, host: str, known: bool, tmp_path: Path) -> None:
    identity = self_signed(tmp_path, name)
    with camera(tls=identity.server) as one:
        if known:
            assert client(one, Trust(identity.ca_file, host)).stream_uri("main") == MAIN.uri
        else:
            assert refusal(one, Trust(identity.ca_file, host)) == f"its certificate is for {name}, not for {host}"


def test_a_certificate_of_its_own_that_an_unknown_maker_signed_is_enough_to_know_a_camera_by(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    (tmp_path / "own.pem").write_bytes(identity.certificate)
    with camera(tls=identity.server) as one:
        assert client(one, Trust(tmp_path / "own.pem")).stream_uri("main") == MAIN.uri


def test_a_camera_that_nobody_could_identify_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with camera(tls=identity.server) as one:
        with pytest.raises(ConfigError, match="onvifs:// needs a ca_file"):
            client(one, None)
        (tmp_path / "empty.pem").write_text("", "ascii")
        assert refusal(one, Trust(tmp_path / "empty.pem")).startswith("empty.pem cannot be used")
        assert not one.requests


def test_a_camera_that_names_itself_by_http_is_asked_by_https_all_the_same(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with camera(tls=identity.server) as one:
        one.faults.announced_plain = True
        assert client(one, Trust(identity.ca_file)).stream_uri("main") == MAIN.uri
        assert "tr2:GetStreamUri" in one.requests


def test_a_camera_that_sends_us_on_to_http_is_not_followed(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with camera(tls=identity.server) as one, camera() as plain:
        one.faults.sends_on_to = f"http://{plain.address}"
        said = refusal(one, Trust(identity.ca_file))
        assert said == "the camera sends us on to an address that is not encrypted"
        assert not plain.requests


def test_a_camera_asked_by_http_that_sends_us_on_to_https_is_known_there_by_its_certificate(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    known, other = signed(tmp_path, "127.0.0.1"), signed(tmp_path / "other", "127.0.0.1")
    with camera(tls=known.server) as encrypted, camera() as one:
        one.faults.sends_on_to = f"https://{encrypted.address}"
        assert client(one, Trust(known.ca_file), secure=False).stream_uri("main") == MAIN.uri
        said = refusal(one, Trust(other.ca_file), secure=False)
        assert said.startswith("its certificate is not the one expected")


def test_no_tls_at_that_port_and_nobody_there_are_outages(tmp_path: Path) -> None:
    trust = Trust(signed(tmp_path, "127.0.0.1").ca_file)
    with camera() as one:
        assert refusal(one, trust, SourceUnavailable) == "no TLS at that port, or none that we know"
        one.unplug()
        assert refusal(one, trust, SourceUnavailable) == "connection refused"


def test_what_the_camera_notices_is_heard_by_https(tmp_path: Path) -> None:
    identity, stop, heard = signed(tmp_path, "127.0.0.1"), threading.Event(), list[CameraEvent]()

    def hear(event: CameraEvent) -> None:
        heard.append(event)
        stop.set()

    with camera(tls=identity.server) as one:
        one.events.raise_event("VideoSource/MotionAlarm", True)
        asking = client(one, Trust(identity.ca_file))
        OnvifEvents(client=asking, camera="c", clock=CLOCK, on_event=hear).run_once(stop)
        assert "tev:PullMessages" in one.requests
    assert heard[0].active


def test_a_configured_camera_is_seen(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with (
        CameraServer({"/main": video()}, user=USER, password=PASSWORD) as streams,
        camera([replace(MAIN, uri=streams.url("/main"))], tls=identity.server) as one,
    ):
        (tmp_path / "c.yaml").write_text(
            f"site: {{id: s, name: n}}\ncameras:\n  - id: c\n    source: onvifs://{one.address}\n"
            f"    ca_file: {identity.ca_file}\n    credentials: {{user: {USER}, password_env: CAM}}\n",
            "utf-8",
        )
        seen = load(tmp_path / "c.yaml", environ={"CAM": PASSWORD}).cameras[0]
        packets = open_source(seen, seen.analysed, CLOCK).packets(threading.Event())
        assert next(packets).is_keyframe
        packets.close()  # type: ignore[attr-defined] # a generator, as all sources' iterators are
