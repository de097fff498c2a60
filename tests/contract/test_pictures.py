"""Pictures for those outside: by signed links, each fetch in the audit chain before its first byte."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.contract.api_client import Counter, counter_of
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, VMS, Room, Scene, forced_entry, furnish
from tests.fakes import FakeClock
from tests.pictures import KEY, confirmed, link, said
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.medium import MediaItem
from vigilanza.web.pictures import LinkTerms
from vigilanza.web.turnstile import PER_MINUTE

JPEG = b"\xff\xd8" + bytes(range(256)) * 400
WHO = f"destination/{CONTROL_ROOM}"


@pytest.fixture
def wrong() -> list[str]:
    return []


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock, wrong: list[str]) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, links=LinkTerms(KEY, {CONTROL_ROOM}, wrong.append))


@pytest.fixture
def outside(counter: Counter) -> httpx.Client:
    """Somebody without a session, without any header of ours."""
    client = counter.stranger()
    client.headers.pop("X-Vigilanza")
    return client


@pytest.fixture
def scene(room: Room) -> Scene:
    """An incident that an operator confirmed."""
    return confirmed(room)


@pytest.fixture
def still(room: Room, scene: Scene) -> MediaItem:
    at = scene.began + 8
    return room.media.add(incident=scene.incident, kind="still", start=at, end=at, content=JPEG, suffix=".jpg")


def fetches(room: Room) -> list[AuditRecord]:
    return [record for record in room.audit.latest(1000) if record.action == "picture.fetched"]


def test_the_link_alone_shows_the_picture_and_the_fetch_is_written_down(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock
) -> None:
    answer = outside.get(link(still.id, clock))
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    [record] = fetches(room)
    assert (record.who, record.subject) == (WHO, str(still.id))
    assert json.loads(record.detail) == {"incident": str(still.incident), "kind": "still", "peer": "127.0.0.1"}


def test_parts_are_shown_and_each_is_written_down(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock
) -> None:
    where = link(still.id, clock)
    middle = outside.get(where, headers={"Range": "bytes=100-299"})
    assert (middle.status_code, middle.content) == (206, JPEG[100:300])
    assert middle.headers["content-range"] == f"bytes 100-299/{len(JPEG)}"
    assert middle.headers["cache-control"] == "no-store"
    assert outside.get(where, headers={"Range": "bytes=-50"}).content == JPEG[-50:]
    beyond = outside.get(where, headers={"Range": f"bytes={len(JPEG)}-"})
    assert (beyond.status_code, beyond.content) == (416, b"")
    assert len(fetches(room)) == 3


def test_behind_a_proxy_the_peer_is_whom_it_speaks_for(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock
) -> None:
    assert outside.get(link(still.id, clock), headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 200
    assert json.loads(fetches(room)[0].detail)["peer"] == "192.0.2.7"


def test_who_forges_is_told_nothing_and_counted(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock, wrong: list[str]
) -> None:
    good = link(still.id, clock)
    forged = [
        link(still.id, clock, key=KEY[::-1]),
        link(still.id, clock, to=VMS),  # signed, and not among those that may have pictures
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/pictures/x",
        "/pictures/" + "A" * 120,
    ]
    for path in forged:
        assert said(outside.get(path)) == (404, "not_found"), path
    assert wrong == ["127.0.0.1"] * len(forged)
    assert fetches(room) == []


def test_a_link_ends_when_its_time_is_over(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock, wrong: list[str]
) -> None:
    where = link(still.id, clock, seconds=900)
    clock.advance(899)
    assert outside.get(where).status_code == 200
    clock.advance(1)
    assert said(outside.get(where)) == (410, "expired")
    assert len(fetches(room)) == 1
    assert wrong == []


def test_what_is_withdrawn_is_gone_until_it_is_confirmed_again(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock
) -> None:
    where = link(still.id, clock)
    room.journal.decide(Decision(still.incident, OPERATOR, clock.now() + 1, reason=RejectReason.RESIDENT))
    assert said(outside.get(where)) == (410, "gone")
    assert fetches(room) == []
    room.journal.decide(Decision(still.incident, OPERATOR, clock.now() + 2, avs=2))
    assert outside.get(where).status_code == 200


def test_what_nobody_confirmed_is_not_shown(room: Room, outside: httpx.Client, clock: FakeClock) -> None:
    scene = Scene("b4-landing", "0423.B.04.15", clock.now() - 60)
    room.journal.record(forced_entry(scene))
    item = room.media.add(incident=scene.incident, kind="still", start=1, end=1, content=JPEG, suffix=".jpg")
    assert said(outside.get(link(item.id, clock))) == (410, "gone")


def test_what_was_deleted_is_gone(room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock) -> None:
    room.media.path(still.id).unlink()
    assert said(outside.get(link(still.id, clock))) == (410, "gone")
    assert said(outside.get(link(uuid4(), clock))) == (410, "gone")
    assert fetches(room) == []


def test_without_the_audit_chain_not_a_byte_is_shown(
    outside: httpx.Client, still: MediaItem, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise JournalUnavailable("disk full")

    monkeypatch.setattr(AuditChain, "append", away)
    answer = outside.get(link(still.id, clock))
    assert said(answer) == (503, "audit_unavailable")
    assert JPEG[:16] not in answer.content
    monkeypatch.undo()
    assert outside.get(link(still.id, clock)).content == JPEG


def test_the_record_is_there_before_the_first_byte(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, append, seen = room.media.path(still.id), AuditChain.append, []

    def and_then_the_file_is_empty(chain: AuditChain, **told: object) -> AuditRecord:
        """What is written to the file while the record is made is what is sent: nothing of it was read before."""
        seen.append(path.read_bytes())
        path.write_bytes(bytes(len(JPEG)))
        return append(chain, **told)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(AuditChain, "append", and_then_the_file_is_empty)
    assert outside.get(link(still.id, clock)).content == bytes(len(JPEG))
    assert seen == [JPEG]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
def test_only_get_says_anything(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock, method: str
) -> None:
    answer = outside.request(method, link(still.id, clock))
    assert answer.status_code in (403, 405)
    assert str(len(JPEG)) not in answer.headers.values()
    assert "etag" not in answer.headers
    assert fetches(room) == []


def test_one_destination_fetches_so_much_and_no_more(
    room: Room, outside: httpx.Client, still: MediaItem, clock: FakeClock
) -> None:
    where = link(still.id, clock)
    for _ in range(PER_MINUTE):
        assert outside.get(where).status_code == 200
    refused = outside.get(where)
    assert said(refused) == (429, "too_many")
    assert refused.headers["retry-after"] == "60"
    assert len(fetches(room)) == PER_MINUTE
    clock.advance(60)
    assert outside.get(where).status_code == 200


def test_without_a_key_there_are_no_links(tmp_path: Path, clock: FakeClock) -> None:
    for room in furnish(tmp_path, clock=clock):
        with counter_of(room) as counter:
            assert said(counter.stranger().get(link(uuid4(), clock))) == (404, "not_found")
            assert said(counter.stranger().get(link(uuid4(), clock, key=b""))) == (404, "not_found")
