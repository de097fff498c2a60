"""What a camera tells by ONVIF, and what is told of those that do not, through the client that capture uses."""

import logging
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.onvif import MAIN, PASSWORD, SUB, USER, WITHOUT_MEDIA2, camera, target_of
from vigilanza.capture.description import Device, Encoder
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.domain.errors import NotUnderstood, SourceError, SourceRefused, SourceUnavailable
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_device import SERVICES


def client(one: OnvifCamera, *, password: str = PASSWORD, patience: float = 20.0) -> OnvifClient:
    return OnvifClient(target=target_of(one), user=USER, password=password, patience=patience)


@pytest.mark.parametrize("services", [tuple(SERVICES), WITHOUT_MEDIA2])
def test_a_camera_is_described_alike_by_both_generations_of_the_media_service(services: tuple[str, ...]) -> None:
    with camera((MAIN, replace(SUB, audio=True)), services) as one:
        told = client(one).describe()
    assert replace(told.device, serial="") == Device("Vigilanza", "SimCam", "1.0", "")
    assert [profile.token for profile in told.profiles] == ["Profile_1", "Profile_2"]
    assert told.profiles[0].encoder == Encoder("H.264", 1280, 720, 15.0, 2048, 30)
    assert told.profiles[1].encoder == Encoder("H.264", 640, 360, 10.0, 384, 20)
    assert [profile.has_audio for profile in told.profiles] == [False, True]
    assert {profile.sensor for profile in told.profiles} == {"vs0"}
    assert told.has_events
    assert told.clock_ahead is not None


def test_only_the_newer_service_speaks_of_h265() -> None:
    profiles = (MAIN, replace(SUB, codec="H265"))
    with camera(profiles) as one:
        assert [p.encoder and p.encoder.codec for p in client(one).describe().profiles] == ["H.264", "H.265"]
    with camera(profiles, WITHOUT_MEDIA2) as one:
        assert [p.encoder and p.encoder.codec for p in client(one).describe().profiles] == ["H.264", None]


def test_a_camera_that_announces_media2_and_refuses_it_is_asked_the_old_way() -> None:
    with camera() as one:
        one.faults.no_media2 = True
        assert client(one).stream_uri("sub") == SUB.uri
        assert list(one.requests)[-3:] == ["tr2:GetProfiles", "trt:GetProfiles", "trt:GetStreamUri"]


@pytest.mark.parametrize("services", [tuple(SERVICES), WITHOUT_MEDIA2])
def test_addresses_are_given_without_credentials(services: tuple[str, ...]) -> None:
    sub = replace(SUB, uri="rtsp://admin:12345@127.0.0.1:5540/s?channel=1&subtype=1")
    with camera((MAIN, sub), services) as one:
        asking = client(one)
        assert asking.stream_uri("sub") == "rtsp://127.0.0.1:5540/s?channel=1&subtype=1"
        assert asking.stream_uri("main") == asking.stream_uri("Profile_1") == "rtsp://127.0.0.1:9/main"
        with pytest.raises(SourceRefused, match=f"{one.port}: the camera has no profile x; it has: Profile_1, Profile"):
            asking.stream_uri("x")


def test_a_clock_that_is_far_off_does_not_keep_us_out_and_is_told() -> None:
    with camera() as one:
        for ahead in (-5000.0, 3.0, 86400.0):
            one.faults.clock_ahead = ahead
            told = client(one).describe()
            assert told.clock_ahead == pytest.approx(ahead, abs=10.0)  # so much a busy machine may take to ask
        assert not one.security.refusals


@pytest.mark.parametrize("services", [tuple(SERVICES), WITHOUT_MEDIA2])
def test_a_camera_that_takes_nothing_but_http_digest_is_asked_so(services: tuple[str, ...]) -> None:
    with camera(services=services) as one:
        one.faults.http_digest = True
        assert [profile.token for profile in client(one).describe().profiles] == ["Profile_1", "Profile_2"]
        with pytest.raises(SourceRefused, match="wrong user or password"):
            client(one, password="wrong").describe()


def test_a_camera_that_believes_to_be_elsewhere_is_reached_where_we_know_it() -> None:
    with camera() as one:
        one.faults.announced_host = "192.168.77.9"
        assert client(one).stream_uri("sub") == "rtsp://127.0.0.1:9/sub"


def test_an_old_camera_that_knows_no_services_is_asked_for_its_capabilities() -> None:
    with camera(services=WITHOUT_MEDIA2) as one:
        one.faults.no_services = True
        assert client(one).describe().has_events
        assert "tds:GetCapabilities" in one.requests


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("password", SourceRefused, "wrong user or password, or not allowed to use ONVIF"),
        ("media", SourceRefused, "the camera offers no media service"),
        ("garbage", SourceUnavailable, "no sensible answer"),
        ("silent", SourceUnavailable, "no answer within the time allowed"),
        ("gone", SourceUnavailable, "connection refused"),
        ("address", SourceUnavailable, "the camera gives an address that is none"),
    ],
)
def test_every_failure_says_which_camera_and_never_a_credential(
    fault: str, kind: type[SourceError], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    profiles = (MAIN, replace(SUB, uri="rtsp://") if fault == "address" else SUB)
    with camera(profiles, ("tds",) if fault == "media" else tuple(SERVICES)) as one:
        asking = client(
            one, password="wr0ng" if fault == "password" else PASSWORD, patience=1.0 if fault == "silent" else 20
        )
        one.faults.garbage, one.faults.silent = fault == "garbage", fault == "silent"
        if fault == "gone":
            one.unplug()
        with pytest.raises(kind) as caught:
            asking.stream_uri("sub")
    assert str(caught.value) == f"onvif://127.0.0.1:{one.port}: {said}"
    everything = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(asking)
    for secret in (PASSWORD, "s3cr", "wr0ng"):
        assert secret not in everything


def test_a_camera_that_is_slow_is_waited_for() -> None:
    with camera() as one:
        one.faults.slow = 0.3
        assert client(one).stream_uri("sub").endswith("/sub")


def test_the_library_does_not_set_up_the_logs_of_the_process() -> None:
    program = (
        "import logging; from vigilanza.capture.onvif import load_library; load_library(); "
        "print(logging.getLogger().handlers, logging.getLogger().level)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout == "[] 30\n"


def test_a_conversation_ends_when_nobody_waits_any_more() -> None:
    stop = threading.Event()
    with camera() as one:
        one.faults.silent = True
        asking = client(one, patience=600.0)
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(asking.describe, stop)
            stop.set()
            with pytest.raises(SourceUnavailable, match="given up"):
                answer.result(timeout=60.0)


def test_a_camera_sends_nobody_on_to_another_host() -> None:
    with camera() as one, camera() as elsewhere:
        one.faults.sends_on_to = f"http://localhost:{elsewhere.port}"
        with pytest.raises(SourceRefused, match="the camera sends us on to another host"):
            client(one).describe()
        assert not elsewhere.requests
        one.faults.sends_on_to = f"http://127.0.0.1:{elsewhere.port}"
        client(one).describe()
        assert elsewhere.requests


def test_a_camera_known_by_its_name_may_send_us_on_to_its_address() -> None:
    with camera() as one, camera() as elsewhere:
        named = OnvifTarget("localhost", one.port, "main")
        asking = OnvifClient(target=named, user=USER, password=PASSWORD, patience=20.0)
        one.faults.sends_on_to = f"http://127.0.0.1:{elsewhere.port}"
        asking.describe()
        assert elsewhere.requests
        one.faults.sends_on_to = "http://192.0.2.7"
        with pytest.raises(SourceRefused, match="the camera sends us on to another host"):
            asking.describe()


def test_whoever_answers_without_end_is_not_listened_to_for_ever() -> None:
    with camera() as one:
        one.faults.endless = True
        with pytest.raises(NotUnderstood, match="says more than any camera has to say"):
            client(one, patience=10.0).describe()
