"""The video server and clients that are slow, silent, wrong or worse."""

import hashlib
import json
import random
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.contract.test_video_out import PASSWORD, PATIENCE_S, USER, Out, serving
from tests.studio import CLOCK, Loop, LoopStudio
from tests.videos import video
from vigilanza.bridge.rtsp import conversation, viewer
from vigilanza.bridge.throttle import ALLOWED_AT_ONCE


class Client:
    """Says what it is told to, over one connection."""

    def __init__(self, out: Out) -> None:
        self.line = socket.create_connection(("127.0.0.1", out.port), timeout=PATIENCE_S)
        self.base = f"rtsp://127.0.0.1:{out.port}"
        self.challenge = ""
        self._number = 0
        self._unread = b""

    def ask(self, method: str, path: str = "/h264", password: str | None = PASSWORD, **headers: str) -> tuple[int, str]:
        """Status and head of the answer; pictures before it are skipped."""
        self._number += 1
        url = self.base + path
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._number}"]
        lines += [f"{name.title()}: {value}" for name, value in headers.items()]
        if password is not None and self.challenge:
            lines.append(f"Authorization: {self.proof(method, url, password)}")
        self.line.sendall("\r\n".join([*lines, "", ""]).encode())
        return self.answer()

    def proof(self, method: str, url: str, password: str) -> str:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        said = md5(f"{md5(f'{USER}:Vigilanza:{password}')}:{self.challenge}:{md5(f'{method}:{url}')}")
        return f'Digest username="{USER}", realm="Vigilanza", nonce="{self.challenge}", uri="{url}", response="{said}"'

    def answer(self) -> tuple[int, str]:
        while True:
            while self._unread[:1] == b"$" and len(self._unread) >= 4:
                size = 4 + int.from_bytes(self._unread[2:4], "big")
                if len(self._unread) < size:
                    break
                self._unread = self._unread[size:]
            if self._unread[:1] == b"R" and b"\r\n\r\n" in self._unread:
                head, _, self._unread = self._unread.partition(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                while length and len(self._unread) < int(length[1]):
                    self._unread += self._read()
                self._unread = self._unread[int(length[1]) if length else 0 :]
                text = head.decode()
                if found := re.search(r'nonce="(\w+)"', text):
                    self.challenge = found[1]
                return int(text.split()[1]), text
            self._unread += self._read()

    def play(self, path: str = "/h264") -> None:
        """From the first word to the first picture."""
        assert self.ask("DESCRIBE", path)[0] == 401
        assert self.ask("DESCRIBE", path)[0] == 200
        status, head = self.ask("SETUP", f"{path}/video", transport="RTP/AVP/TCP;unicast;interleaved=0-1")
        assert status == 200
        session = re.search(r"Session: (\w+)", head)
        assert session is not None
        assert self.ask("PLAY", f"{path}/", session=session[1])[0] == 200

    def ended(self) -> bool:
        """Reads to the end of the line."""
        try:
            while self._read():
                pass
        except EOFError:
            return True
        return False

    def _read(self) -> bytes:
        try:
            data = self.line.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        return data


@contextmanager
def client(out: Out) -> Iterator[Client]:
    one = Client(out)
    with one.line:
        yield one


def wait_until(what: str, done: "partial[bool]") -> None:
    deadline = CLOCK.monotonic() + PATIENCE_S
    while not done():
        assert CLOCK.monotonic() < deadline, what
        CLOCK.wait(0.02, threading.Event())


@pytest.fixture
def out() -> Iterator[Out]:
    with serving() as one:
        yield one


def test_udp_is_declined_and_tcp_taken_on_the_same_line(out: Out) -> None:
    with client(out) as one:
        one.ask("DESCRIBE")
        assert one.ask("SETUP", "/h264/video", transport="RTP/AVP;unicast;client_port=5000-5001")[0] == 461
        assert one.ask("SETUP", "/h264/video", transport="RTP/AVP/TCP;unicast;interleaved=0-1")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PLAY", "/h264", 455), ("RECORD", "/h264", 501), ("SETUP", "/h264/audio", 404), ("DESCRIBE", "/%2e%2e/x", 404)],
)
def test_what_cannot_be_is_said(out: Out, method: str, path: str, status: int) -> None:
    with client(out) as one:
        one.ask("DESCRIBE", "/h264")
        assert one.ask(method, path)[0] == status
        assert one.ask("OPTIONS")[0] == 200


def test_what_was_heard_on_one_line_proves_nothing_on_another(out: Out) -> None:
    with client(out) as one, client(out) as other:
        one.ask("DESCRIBE")
        other.ask("DESCRIBE")
        other.challenge = one.challenge
        assert one.ask("DESCRIBE")[0] == 200
        assert other.ask("DESCRIBE")[0] == 401


def test_a_guesser_is_not_listened_to_for_a_while_and_is_on_record(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as out:
        with client(out) as one:
            one.ask("DESCRIBE")
            guesses = 0
            while one.ask("DESCRIBE", password="wrong")[0] == 401:
                guesses += 1
            assert ALLOWED_AT_ONCE <= guesses <= ALLOWED_AT_ONCE + 2, "some are forgiven meanwhile"
            assert one.ended()
        assert out.figure("refused_total", reason="wrong") == guesses
        assert out.figure("refused_total", reason="throttled") == 1.0
    records = [(one.who, one.action, one.subject, json.loads(one.detail)["failures"]) for one in out.chain.latest()]
    assert records == [
        ("127.0.0.1", "login.guessed", "video", guesses + 1),
        ("127.0.0.1", "login.failed", "video", 1),
    ]


def test_nothing_is_shown_while_nobody_can_write_down_who_watches(out: Out) -> None:
    out.book.lost = True
    with client(out) as one, pytest.raises(AssertionError):
        one.play()
    assert out.figure("pictures_total") == 0.0


def test_a_camera_that_goes_away_ends_the_line_and_is_shown_again_when_it_is_back(out: Out) -> None:
    with client(out) as one:
        one.play()
        out.studio.loops["h264"].plugged_in = False
        assert one.ended()
    out.book.wait_for("end", USER, "h264")
    with client(out) as one:
        one.ask("DESCRIBE")
        status, head = one.ask("DESCRIBE")
        assert (status, "Retry-After: 10" in head) == (503, True)
        out.studio.loops["h264"].plugged_in = True
        assert one.ask("DESCRIBE")[0] == 200


def test_a_viewer_who_takes_nothing_is_cut_off_and_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer, "STUCK_S", 1.0)
    large = video("h264", frames=40, rate=20, gop=5, size=(1280, 720))
    studio = LoopStudio({"h264": Loop(large, pace=0.0), "hevc": Loop(video("hevc", frames=20, rate=20, gop=10))})
    with serving(studio) as out, client(out) as slow, client(out) as other:
        slow.play()  # and reads no more
        other.play("/hevc")
        wait_until("the slow one to be cut off", partial(lambda: out.figure("stuck_total") == 1.0))
        assert other.ask("GET_PARAMETER", "/hevc")[0] == 200
        out.book.wait_for("end", USER, "h264")
        assert out.figure("viewers") == 1.0


def test_who_never_says_who_they_are_is_cut_off(out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "KNOWN_WITHIN_S", 0.5)
    with client(out) as one:
        assert one.ask("OPTIONS")[0] == 200
        assert one.ended()
    assert out.figure("refused_total", reason="silent") == 1.0


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\n\r\n",
        b"OPTIONS rtsp://[/x RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 10000000\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 00000000010000000\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"\x16\x03\x01" + b"\x00" * 5000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_rtsp_ends_the_line(out: Out, said: bytes) -> None:
    with client(out) as one:
        one.line.sendall(said)
        assert one.ended()
    assert out.figure("refused_total", reason="malformed") == 1.0


def test_a_thousand_spoilt_conversations_leave_the_server_as_it_was(out: Out) -> None:
    whole = b"OPTIONS rtsp://h/h264 RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    whole += b'DESCRIBE rtsp://h/h264 RTSP/1.0\r\nCSeq: 2\r\nAuthorization: Digest a=b, uri="x"\r\n\r\n'
    whole += b"SETUP rtsp://h/h264/video RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    drawn = random.Random(7)
    for _ in range(1000):
        spoilt = bytearray(whole)
        for _ in range(drawn.randint(1, 8)):
            spoilt[drawn.randrange(len(spoilt))] = drawn.randrange(256)
        with client(out) as one:
            one.line.sendall(bytes(spoilt[: drawn.randint(1, len(spoilt))]))
            one.line.shutdown(socket.SHUT_WR)
            assert one.ended()
    assert out.figure("pictures_total") == 0.0
    assert out.thread.is_alive()
    with client(out) as one:
        assert one.ask("OPTIONS")[0] == 200
