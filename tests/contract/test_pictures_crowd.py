"""Pictures for those outside: who takes nothing of what he asked for is bounded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import wait_until
from tests.contract.api_client import Counter
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import Room, furnish
from tests.fakes import FakeClock
from tests.pictures import KEY, confirmed, link, said
from vigilanza.web.pictures import LinkTerms
from vigilanza.web.turnstile import AT_ONCE


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=FakeClock(), links=LinkTerms(KEY, {CONTROL_ROOM}))


@contextmanager
def hanging(room: Room, counter: Counter) -> Iterator[tuple[Callable[[], httpx.Response], list[Any]]]:
    """As many transfers as there may be, of which nothing is taken; and a way to ask once more."""
    content = bytes(64_000_000)
    big = room.media.add(incident=confirmed(room).incident, kind="clip", start=1, end=2, content=content, suffix=".mp4")
    where = link(big.id, room.clock)
    with httpx.Client(base_url=counter.url, timeout=20) as client:
        transfers = [client.send(client.build_request("GET", where), stream=True) for _ in range(AT_ONCE)]
        yield lambda: client.get(where, headers={"Range": "bytes=0-9"}), transfers


def test_who_takes_nothing_keeps_only_so_many_places(room: Room, counter: Counter) -> None:
    with hanging(room, counter) as (ask, transfers):
        assert [answer.status_code for answer in transfers] == [200] * AT_ONCE
        assert said(ask()) == (429, "too_many")
        for answer in transfers:
            answer.close()
        wait_until("the places to be given back", lambda: ask().status_code == 206)


def test_who_takes_nothing_for_long_is_cut_off(room: Room, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilanza.web.pictures.TRANSFER_S", 1.0)
    with hanging(room, counter) as (ask, transfers):
        wait_until("a place to be free", lambda: ask().status_code == 206)
        with pytest.raises(httpx.RemoteProtocolError):
            transfers[0].read()
