"""A camera that is given by its name: found again wherever it went, and never in the way of the others.

Each scenario is called in a network of its own, where cameras with the same port stand at several addresses.
"""

import tempfile
import threading
from pathlib import Path

import pytest

from tests.certificates import signed
from tests.commands import wait_until
from tests.named import run_inside
from tests.onvif import MAIN
from tests.videos import video
from tests.watched import PASSWORD, SLACK, USER, Watched
from vigilanza.capture.cause import Cause
from vigilanza.capture.name import NameLookup
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.trust import Trust
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import NameUnresolved, SourceRefused
from vigilanza.lab.name_server import NameServer
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.simcam import CameraServer

NAME, PORT = "camera-3.example", 8554
HERE, THERE, NOBODY = "127.0.0.2", "127.0.0.3", "127.0.0.4"
URL = f"rtsp://{NAME}:{PORT}/main"
SILENT = "timeout:9 attempts:2"
"""What the system's resolver waits where nobody answers: longer than we do."""


def camera(host: str) -> CameraServer:
    return CameraServer({"/main": video(rate=20)}, user=USER, password=PASSWORD, host=host, port=PORT)


def moved() -> None:
    with NameServer({NAME: [HERE]}) as names, camera(HERE) as old, camera(THERE) as new:
        with Watched(None, url=URL) as watched:
            watched.wait_for_frames(5)
            assert not new.requests
            names.known[NAME] = [THERE]
            old.unplug()
            watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"])
            watched.wait_for_frames(5)
            assert watched.reconnects(Cause.NAME) == 0.0
        assert "PLAY" in [method for method, _ in new.requests]
        old.plug_in()


def two_addresses() -> None:
    with NameServer({NAME: [NOBODY, HERE]}) as names, camera(HERE) as one, Watched(None, url=URL) as watched:
        watched.wait_for_frames(5)
        assert watched.said == ["alive"]
        names.known[NAME] = [HERE, NOBODY]
        one.cut()
        watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"])


def unknown() -> None:
    with NameServer({}) as names, camera(HERE), Watched(None, url=URL) as watched:
        watched.wait_for(lambda: watched.said == ["lost"])
        assert watched.why == [f"{URL}: no address for the name {NAME}: nobody knows it"]
        wait_until("further attempts", lambda: watched.reconnects(Cause.NAME) >= 3)
        assert watched.metric("outages_total") == 1.0
        names.known[NAME] = []
        with pytest.raises(NameUnresolved, match=f"no address for the name {NAME}: it is known, but has none"):
            NameLookup(NAME).addresses(5.0)
        names.known[NAME] = [HERE]
        watched.wait_for(lambda: watched.said == ["lost", "alive"])


def silent() -> None:
    with NameServer({NAME: [HERE]}) as names, camera(HERE) as one:
        names.silent = True
        other = Watched(one, camera="other")
        with other, Watched(None, url=URL) as watched:
            other.wait_for_frames(5)
            took = watched.wait_for(lambda: watched.said == ["lost"])
            assert watched.why == [
                f"{URL}: no address for the name {NAME}: no name server answers within the time allowed"
            ]
            assert took <= 2.0 + SLACK
            other.wait_for_frames(20)
            wait_until("further attempts", lambda: watched.reconnects(Cause.NAME) >= 2)
            assert sum(thread.name == f"looking up {NAME}" for thread in threading.enumerate()) <= 1
            assert other.said == ["alive"]
            names.silent = False
            watched.wait_for(lambda: watched.said == ["lost", "alive"])


def encrypted() -> None:
    folder = Path(tempfile.mkdtemp())
    identity = signed(folder, NAME)
    files = {"/main": video(rate=20)}
    with (
        NameServer({NAME: [HERE], "another.example": [HERE]}),
        CameraServer(files, tls=identity.server, host=HERE, port=PORT),
    ):
        assert next(encrypted_source(NAME, identity.ca_file).packets(threading.Event())).is_keyframe
        with pytest.raises(SourceRefused, match=f"its certificate is for {NAME}, not for another.example"):
            next(encrypted_source("another.example", identity.ca_file).packets(threading.Event()))


def encrypted_source(name: str, ca_file: Path) -> RtspSource:
    url = f"rtsps://{name}:{PORT}/main"
    return RtspSource(url=url, user=None, password=None, clock=SystemClock(), trust=Trust(ca_file))


def asked_by_onvif() -> None:
    client = OnvifClient(target=OnvifTarget(NAME, 8080, "main"), user=USER, password=PASSWORD)
    with NameServer({}) as names, OnvifCamera([MAIN], user=USER, password=PASSWORD, host=HERE, port=8080):
        with pytest.raises(NameUnresolved, match=f"no address for the name {NAME}: nobody knows it"):
            client.stream_uri("main")
        names.known[NAME] = [HERE]
        assert client.stream_uri("main") == f"rtsp://{NAME}:9/main"
        names.silent = True
        begun = SystemClock().monotonic()
        with pytest.raises(NameUnresolved, match="no name server answers within the time allowed"):
            client.stream_uri("main")
        assert SystemClock().monotonic() - begun <= 3.0 + SLACK


def test_a_camera_with_another_address_behind_its_name_is_found_there(tmp_path: Path) -> None:
    run_inside(moved, tmp_path)


def test_an_address_that_is_nobodys_is_passed_over(tmp_path: Path) -> None:
    run_inside(two_addresses, tmp_path)


def test_a_name_nobody_knows_is_told_and_the_camera_seen_as_soon_as_it_is_known(tmp_path: Path) -> None:
    run_inside(unknown, tmp_path)


def test_a_name_server_that_falls_silent_holds_no_other_camera_up(tmp_path: Path) -> None:
    run_inside(silent, tmp_path, options=SILENT)


def test_a_camera_known_by_its_certificate_is_known_by_its_name(tmp_path: Path) -> None:
    run_inside(encrypted, tmp_path)


def test_a_camera_asked_by_onvif_is_looked_up_anew_and_not_for_ever(tmp_path: Path) -> None:
    run_inside(asked_by_onvif, tmp_path, options=SILENT)
