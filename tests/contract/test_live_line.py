"""Live pictures on their way to a page: who gets them, what is written down first, and what a slow page gets."""

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.commands import wait_until
from tests.contract.api_client import Counter, counter_of
from tests.contract.reels import Reel, Reels
from tests.e2e.seed import OPERATOR, Room, furnish
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable, NoPictures, NotPlayable, NotWatched
from vigilanza.web import credit, line, wall
from vigilanza.web.auth import COOKIE

CLOCK = SystemClock()


@dataclass
class Place:
    """A room, its cameras and somebody who signed in."""

    room: Room
    reels: Reels
    counter: Counter
    cookie: str

    @contextmanager
    def line(
        self, camera: str = "c", query: str = "", *, origin: str | None = "own", cookie: str = "own"
    ) -> Iterator[ClientConnection]:
        own = self.counter.url
        cookies = {"Cookie": f"{COOKIE}={self.cookie if cookie == 'own' else cookie}"}
        url = f"{own.replace('http', 'ws')}/api/cameras/{camera}/live{query}"
        with connect(
            url,
            origin=None if origin is None else Origin(own if origin == "own" else origin),
            additional_headers=cookies,
            compression=None,
            proxy=None,
        ) as client:
            assert isinstance(client, ClientConnection)
            yield client


@pytest.fixture
def reel() -> Reel:
    return Reel()


@pytest.fixture
def place(tmp_path: Path, reel: Reel) -> Iterator[Place]:
    shown: dict[str, Reel | NoPictures] = {
        "c": reel,
        "lost": NoPictures("x"),
        "idle": NotWatched("x"),
        "modern": NotPlayable("x"),
    }
    reels = Reels(shown)
    for room in furnish(tmp_path, live=reels):
        with counter_of(room) as counter:
            client = counter.operator()
            yield Place(room, reels, counter, client.cookies[COOKIE])


def told(client: ClientConnection) -> dict[str, str]:
    """The next word."""
    word = client.recv(10.0)
    assert isinstance(word, str), word
    return dict(json.loads(word))


def given(client: ClientConnection) -> bytes:
    """The next picture, answered."""
    data = client.recv(10.0)
    assert isinstance(data, bytes), data
    client.send("+")
    return data


def test_a_page_gets_head_and_pieces_and_it_is_written_down_first(place: Place, reel: Reel) -> None:
    with place.line(query="?large=true") as client:
        assert told(client) == {"kind": "video", "mime": "video/mp4"}
        assert place.room.records("live.viewed") == ["c"]
        assert given(client) == b"head"
        for number in (1, 2, 3):
            assert given(client) == struct.pack("<dd", 1000.0 + number, number) + b"piece"
        assert place.reels.asked == [("c", True)]
        assert place.room.records("live.ended") == []
    wait_until("the end to be written down", lambda: place.room.records("live.ended") == ["c"])
    assert reel.closed
    ended = next(one for one in place.room.audit.latest(10) if one.action == "live.ended")
    assert ended.who == OPERATOR
    assert json.loads(ended.detail)["seconds"] >= 0.0


@pytest.mark.parametrize(
    ("origin", "cookie", "status"),
    [("own", "", 401), ("own", "guessed", 401), ("https://evil.example", "own", 403), (None, "own", 403)],
)
def test_only_our_own_page_with_a_session_gets_a_line(
    place: Place, origin: str | None, cookie: str, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused, place.line(origin=origin, cookie=cookie):
        pass
    assert refused.value.response.status_code == status
    assert place.reels.asked == []
    assert place.room.records("live.viewed") == []


def test_while_nothing_can_be_written_down_nothing_is_shown(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise JournalUnavailable("gone")

    monkeypatch.setattr("vigilanza.store.audit.AuditChain.append", away)
    with place.line() as client:
        assert told(client) == {"kind": "none", "why": "audit_unavailable"}
        with pytest.raises(ConnectionClosed):
            client.recv(10.0)
    assert place.reels.asked == []


@pytest.mark.parametrize(("camera", "why"), [("lost", "no_picture"), ("idle", "not_watched"), ("nobody", "no_camera")])
def test_why_there_is_no_picture_is_told(place: Place, camera: str, why: str) -> None:
    with place.line(camera) as client:
        assert told(client) == {"kind": "none", "why": why}


def test_what_a_browser_does_not_play_comes_as_stills(place: Place) -> None:
    with place.line("modern") as client:
        assert told(client) == {"kind": "stills", "why": "codec"}
        began = CLOCK.monotonic()
        assert [given(client) for _ in range(3)] == [struct.pack("<dd", 2000.0 + n, 0.0) + b"jpeg" for n in (1, 2, 3)]
        assert CLOCK.monotonic() - began > 1.0, "at most two a second"
    assert place.room.records("live.viewed") == ["modern"]


def test_a_page_may_ask_for_stills_and_not_for_a_flood_of_them(place: Place) -> None:
    with place.line(query="?stills=2") as client:
        assert told(client) == {"kind": "stills", "why": "asked"}
    with pytest.raises(InvalidStatus), place.line(query="?stills=0.01"):
        pass


def test_too_many_are_turned_away_and_there_is_room_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "PER_SESSION", 1)
    with place.line() as client:
        assert told(client)["kind"] == "video"
        with place.line() as other:
            assert told(other) == {"kind": "none", "why": "too_many"}

    def again() -> bool:
        with place.line() as client:
            return told(client)["kind"] == "video"

    wait_until("room again", again)


def test_whose_session_ends_gets_nothing_more(place: Place) -> None:
    with place.line() as client:
        assert told(client)["kind"] == "video"
        place.room.accounts.close_session(place.cookie)
        assert last_word(client) == {"kind": "none", "why": "signed_out"}


def test_a_page_that_answers_nothing_gets_little_and_then_the_end(
    place: Place, reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit, "GONE_S", 1.0)
    with place.line() as client:
        told(client)
        words = list(client)
    assert json.loads(words[-1]) == {"kind": "none", "why": "hangs"}
    assert len(words) - 1 <= credit.WINDOW
    assert reel.taken <= credit.WINDOW
    assert reel.closed


def test_a_slow_page_gets_stills_and_may_try_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credit, "PATIENCE_S", 0.05)
    monkeypatch.setattr(line, "SLOW_WAITED_S", 1.0)
    monkeypatch.setattr(line, "SLOW_S", 3.0)
    with place.line() as client:
        assert told(client)["kind"] == "video"
        while isinstance(word := client.recv(10.0), bytes):
            CLOCK.wait(0.3, threading.Event())
            client.send("+")
        assert json.loads(word) == {"kind": "stills", "why": "slow"}
        assert last_word(client) == {"kind": "none", "why": "again"}
    assert place.reels.stills >= 1


def test_a_server_that_stops_sends_pages_away(place: Place) -> None:
    with place.line() as client:
        told(client)
        place.room.app.state.stop.set()
        assert last_word(client) == {"kind": "none", "why": "again"}


def last_word(client: ClientConnection) -> dict[str, str]:
    """Answers all pictures up to it."""
    while isinstance(word := client.recv(20.0), bytes):
        client.send("+")
    return dict(json.loads(word))
