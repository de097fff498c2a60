"""The finder of people and those who ask it: over a real socket and shared memory."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.commands import wait_until
from tests.drawn import FLOOR, LEAF, SEALED, Look, film, picture, watched
from tests.fakes import FakeClock
from tests.filmed import ALONE, filmed
from vigilanza.clock import SystemClock
from vigilanza.detect.people import NotYet, PersonDetector
from vigilanza.detect.people_client import RECONNECT_S, PeopleClient
from vigilanza.detect.people_server import PeopleServer
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.detect.wire import HELLO, SLOT_BYTES, SLOTS, Request
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame

WHOLE: Window = (0, 0, 640, 360)


class Thoughtful:
    """Finds one person, whose score is the brightness of the picture; not before it is allowed to."""

    def __init__(self) -> None:
        self.may, self.fails = threading.Event(), False
        self.error: Exception = DetectorError("no")
        self.may.set()
        self.brightness: list[float] = []

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        self.may.wait(30.0)
        self.brightness.append(float(frame.luma.mean()))
        if self.fails:
            raise self.error
        return [Pose(float(frame.luma.mean()) / 256, np.full((17, 3), 0.5, np.float32), (0.0, 0.0, 1.0, 1.0))]


class Patient:
    """Waits for each answer, however long it takes."""

    def __init__(self, client: PeopleClient) -> None:
        self._client = client

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        return asked(self._client, frame, window, whole_px)


@contextmanager
def serving(path: Path, people: PersonDetector) -> Iterator[PeopleServer]:
    server, stop = PeopleServer(path=path, people=people, clock=SystemClock()), threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    wait_until("the finder to listen", path.exists)
    try:
        yield server
    finally:
        stop.set()
        thread.join(10.0)
        path.unlink()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(os.path.relpath(tmp_path / "finder"))  # a socket's name may not be long


def asked(client: PeopleClient, frame: Frame, window: Window = WHOLE, whole_px: Size | None = None) -> list[Pose]:
    """The answer, whenever it comes."""

    def found() -> list[Pose] | None:
        try:
            return client.find(frame, window, whole_px)
        except NotYet:
            return None

    return wait_until("an answer", found)


@pytest.mark.parametrize("whole_px", [None, (640, 360)], ids=["all", "part"])
@pytest.mark.parametrize("window", [WHOLE, (101, 21, 421, 301), (100, 20, 420, 300)])
def test_another_process_finds_what_this_one_would(
    path: Path, window: Window, whole_px: Size | None, movenet: PersonDetector
) -> None:
    frame = filmed(ALONE)
    with serving(path, movenet):
        found = asked(PeopleClient(path=path, clock=SystemClock()), frame, window, whole_px)
    expected = movenet.find(frame, window, whole_px)
    assert expected
    for one, other in zip(found, expected, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-6)
        assert one.box == pytest.approx(other.box, abs=1e-5)
        np.testing.assert_allclose(one.joints, other.joints, atol=1e-5)


@pytest.mark.parametrize("scale", [0.40, 0.41, 0.42, 0.43, 0.44, 0.45])
def test_windows_with_odd_borders_can_be_asked_for(path: Path, scale: float) -> None:
    leaf, floor = (tuple((0.5 + (x - 0.5) * scale, y * scale + 0.2) for x, y in one) for one in (LEAF, FLOOR))
    people = Thoughtful()
    with serving(path, people):
        watch = PeopleWatch(people=Patient(PeopleClient(path=path, clock=SystemClock())))
        smaller = replace(SEALED, leaf=leaf, floor=floor)
        watched(watch, film((2.0, Look()), (1.0, Look(person=0.48))), doors=[smaller])
    assert people.brightness


def test_a_camera_does_not_wait_for_long_and_is_answered_later(path: Path) -> None:
    people = Thoughtful()
    people.may.clear()
    with serving(path, people):
        client = PeopleClient(path=path, clock=SystemClock())
        for _ in range(3):
            with pytest.raises(NotYet):
                client.find(picture(), WHOLE)
        assert client.late == {"stairs-3": 1}
        people.may.set()
        assert len(asked(client, picture())) == 1
    assert len(people.brightness) == 1, "asked once, answered once"


def test_a_busy_camera_does_not_keep_another_waiting(path: Path) -> None:
    people = Thoughtful()
    people.may.clear()
    bright, dark = (Frame(name, 0.0, *_grey(level)) for name, level in (("bright", 200), ("dark", 40)))
    with serving(path, people) as server:
        client = PeopleClient(path=path, clock=SystemClock())
        for frame in (bright, dark, bright, bright, bright):
            with pytest.raises(NotYet):
                client.find(frame, WHOLE)
        assert server.waiting == 1, "one is being looked at, the other camera's is next"
        people.may.set()
        assert asked(client, bright)[0].score == pytest.approx(200 / 256)
        assert asked(client, dark)[0].score == pytest.approx(40 / 256)
    assert people.brightness == [200.0, 40.0]


@pytest.mark.parametrize("error", [DetectorError("no"), ValueError("a bug")], ids=repr)
def test_what_cannot_be_looked_at_is_told_and_the_next_picture_is_looked_at(path: Path, error: Exception) -> None:
    people = Thoughtful()
    people.fails, people.error = True, error
    with serving(path, people) as server:
        client = PeopleClient(path=path, clock=SystemClock())
        with pytest.raises(DetectorError, match="could not be looked for"):
            asked(client, picture())
        assert server.counts.failed == 1
        people.fails = False
        assert asked(client, picture())


def test_without_a_finder_that_is_said_at_once(path: Path) -> None:
    with pytest.raises(DetectorError, match="away"):
        PeopleClient(path=path, clock=SystemClock()).find(picture(), WHOLE)


def test_a_finder_that_was_started_again_is_asked_again(path: Path) -> None:
    clock = FakeClock()
    client = PeopleClient(path=path, clock=clock)
    with serving(path, Thoughtful()):
        assert asked(client, picture())
    with pytest.raises(DetectorError, match="away"):
        asked_until_it_fails(client)
    with serving(path, Thoughtful()):
        with pytest.raises(DetectorError, match="away"):
            client.find(picture(), WHOLE)
        clock.advance(RECONNECT_S)
        assert asked(client, picture())


def asked_until_it_fails(client: PeopleClient) -> None:
    for _ in range(100):
        asked(client, picture())


def test_who_waits_while_the_finder_goes_is_told(path: Path) -> None:
    people = Thoughtful()
    people.may.clear()
    client = PeopleClient(path=path, clock=FakeClock())
    with serving(path, people):
        with pytest.raises(NotYet):
            client.find(picture(), WHOLE)
        client.close()
        with pytest.raises(DetectorError):
            asked(client, picture())
        people.may.set()


def test_a_window_beyond_a_slot_is_refused(path: Path) -> None:
    luma = np.zeros((2160, 3840), np.uint8)
    large = Frame("c", 0.0, luma, np.zeros((2, 1080, 1920), np.uint8))
    with serving(path, Thoughtful()), pytest.raises(DetectorError, match="sub stream"):
        PeopleClient(path=path, clock=SystemClock()).find(large, (0, 0, 3840, 2160))


@pytest.mark.parametrize(
    "messages",
    [
        [b"hello"],
        [HELLO],
        [b""],
        [HELLO + b"!"],
        ["memory", b"nonsense"],
        ["memory", Request(SLOTS, 64, 64, (64, 64)).encode()],
        ["memory", Request(0, 63, 64, (64, 64)).encode()],
        ["memory", Request(0, 60000, 60000, (60000, 60000)).encode()],
        ["memory", Request(0, 0, 64, (64, 64)).encode()],
        ["memory", Request(0, 64, 64, (32, 64)).encode()],
    ],
    ids=str,
)
def test_who_breaks_the_rules_is_sent_away_and_the_others_are_served(path: Path, messages: list[str | bytes]) -> None:
    with serving(path, Thoughtful()) as server:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as rude:
            rude.connect(str(path))
            for message in messages:
                if isinstance(message, bytes):
                    rude.send(message)
                else:
                    descriptor = os.memfd_create("test")
                    os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
                    socket.send_fds(rude, [HELLO], [descriptor])
                    os.close(descriptor)
            rude.settimeout(20.0)
            assert rude.recv(100) == b"", "hung up on"
        wait_until("that to be counted", lambda: server.counts.refused == 1)
        assert asked(PeopleClient(path=path, clock=SystemClock()), picture())


def test_memory_that_is_too_small_is_refused(path: Path) -> None:
    with serving(path, Thoughtful()), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as rude:
        rude.connect(str(path))
        descriptor = os.memfd_create("test")
        os.ftruncate(descriptor, 4096)
        socket.send_fds(rude, [HELLO], [descriptor])
        os.close(descriptor)
        rude.settimeout(20.0)
        assert rude.recv(100) == b""


def _grey(level: int) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], ...]:
    return np.full((360, 640), level, np.uint8), np.full((2, 180, 320), 128, np.uint8)
