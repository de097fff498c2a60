"""What masks hide is kept only if so configured, and only two persons together can open it."""

import io
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.certificates import certified
from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from tests.videos import video
from vigilanza.app.film import Film
from vigilanza.app.openings import Openings
from vigilanza.app.originals import Originals
from vigilanza.app.pinner import Pinner
from vigilanza.capture.file import FileSource
from vigilanza.capture.original import originals
from vigilanza.capture.ring import GopRing, Recording
from vigilanza.config import Clips
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.database import open_database
from vigilanza.store.evidence.envelope import KeyHolder, read_certificate, seal
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import whole
from vigilanza.store.originals import LATE_S, OwedOriginals
from vigilanza.store.withdrawal import Withdrawal

MASK: Polygon = ((0.0, 0.0), (0.2, 0.0), (0.2, 1.0), (0.0, 1.0))
LEAF: Polygon = ((0.5, 0.4), (0.9, 0.4), (0.9, 0.9), (0.5, 0.9))


class Holders:
    """Two key holders, whose private keys lie in files of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.both = (self._holder("officer"), self._holder("prosecutor"))

    def _holder(self, name: str) -> KeyHolder:
        key = generate_private_key(public_exponent=65537, key_size=3072)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}.key").write_bytes(pem)
        return KeyHolder(name, read_certificate(certified(key, name)))

    def opens(self, name: str, envelope: bytes) -> bytes:
        """With openssl alone. CalledProcessError if this key does not fit."""
        command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-inkey", f"{name}.key"]
        return subprocess.run(command, input=envelope, capture_output=True, check=True, cwd=self.folder).stdout


@pytest.fixture(scope="module")
def holders(tmp_path_factory: pytest.TempPathFactory) -> Holders:
    return Holders(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def filmed() -> Recording:
    return Recording(tuple(FileSource(path=video(frames=800), start_at=BEGAN - 10.0).packets(threading.Event())))


class Room:
    """As a watch makes pictures, with originals."""

    def __init__(
        self,
        folder: Path,
        recording: Recording,
        holders: Holders,
        masks: tuple[Polygon, ...],
        *,
        clips: Clips = Clips(5.0, 35.0),  # noqa: B008 - frozen
    ) -> None:
        self.engine, self.clock = open_database(f"sqlite:///{folder / 'journal.db'}"), FakeClock()
        self.ring = GopRing(seconds=120.0, max_bytes=50_000_000)
        for packet in recording.packets:
            self.ring.append(packet)
        self.media = MediaStore(root=folder / "media", engine=self.engine, clock=self.clock)
        self.originals = Originals(media=self.media, holders=holders.both)
        self.openings = Openings()
        self.journal = Journal(engine=self.engine, destinations=[], clock=self.clock, site="0423")
        self.pinner = Pinner(
            films={"stairs-3": Film(self.ring, masks, {"B.03.12": LEAF})},
            openings=self.openings,
            media=self.media,
            withdrawal=Withdrawal(engine=self.engine, files=self.media, clock=self.clock),
            clips=clips,
            clock=self.clock,
            workshop=folder / "workshop",
            originals=self.originals,
        )

    def tell(self, count: int) -> None:
        events = break_in("a")[:count]
        self.openings.note(events)
        self.journal.record(events)
        self.pinner.pin(events)
        while self.pinner.run_once(float("inf")):
            pass

    def lost_later(self) -> int:
        """How many are noted as lost once the last of them could have been kept."""
        owed = OwedOriginals(engine=self.engine, clock=self.clock)
        owed.run_once()
        assert owed.lost == 0, "some may still be kept"
        self.clock.advance(LATE_S + 1.0)
        owed.run_once()
        owed.run_once()
        return owed.lost

    def kept(self) -> list[tuple[str, bytes]]:
        """Originals of the incident, with their bytes."""
        items = [item for item in self.media.for_incident(incident_id("a")) if item.kind == "original"]
        return [(item.mime_type, self.media.place_of(item).read_bytes()) for item in items]


@pytest.fixture
def masked(tmp_path: Path, filmed: Recording, holders: Holders) -> Iterator[Room]:
    room = Room(tmp_path, filmed, holders, (MASK,))
    yield room
    room.engine.dispose()


@pytest.fixture
def unmasked(tmp_path: Path, filmed: Recording, holders: Holders) -> Iterator[Room]:
    room = Room(tmp_path, filmed, holders, ())
    yield room
    room.engine.dispose()


def test_it_takes_both_keys_in_their_order_and_no_program_of_ours(holders: Holders) -> None:
    envelope = seal(b"what the camera sent", holders.both)
    assert b"camera" not in envelope
    assert holders.opens("prosecutor", holders.opens("officer", envelope)) == b"what the camera sent"
    with pytest.raises(subprocess.CalledProcessError):
        holders.opens("prosecutor", envelope)
    with pytest.raises(subprocess.CalledProcessError):
        holders.opens("officer", holders.opens("officer", envelope))


def test_of_a_masked_clip_the_cameras_own_bytes_are_kept_sealed(masked: Room, holders: Holders) -> None:
    masked.tell(1)
    [(mime_type, envelope)] = masked.kept()
    assert mime_type == "application/cms"
    content = holders.opens("prosecutor", holders.opens("officer", envelope))
    with av.open(io.BytesIO(content), "r") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        seen = sum(1 for _ in container.decode(video=0))
        assert seen == len(masked.ring.recording(BEGAN - 5.0, BEGAN + 35.0).packets)
    assert masked.lost_later() == 0
    assert not any(path.read_bytes() == content for path in masked.media.root.rglob("*") if path.is_file())


def test_nobody_gets_it_as_a_picture(masked: Room) -> None:
    masked.tell(1)
    [item] = [item for item in masked.media.for_incident(incident_id("a")) if item.kind == "original"]
    with pytest.raises(UnknownRecord):
        masked.media.path(item.id)
    shown = whole(masked.media.for_incident(incident_id("a")))
    assert {one.kind for one in shown} == {"clip", "still"}


def test_where_nothing_is_masked_the_clip_is_the_original(unmasked: Room) -> None:
    unmasked.tell(1)
    assert unmasked.kept() == []
    assert unmasked.lost_later() == 0


def test_a_clip_that_is_made_again_has_one_original(unmasked: Room) -> None:
    unmasked.tell(3)
    assert len(unmasked.kept()) == 1
    unmasked.tell(4)
    assert len(unmasked.kept()) == 2, "the entry has a clip of its own"
    assert unmasked.lost_later() == 0


def test_an_original_that_was_deleted_with_its_clip_is_not_lost(masked: Room) -> None:
    masked.tell(1)
    ids = [item.id for item in masked.media.for_incident(incident_id("a"))]
    Withdrawal(engine=masked.engine, files=masked.media, clock=masked.clock).withdraw(ids, why="no room")
    assert masked.lost_later() == 0


def test_whatever_befalls_an_original_its_clip_is_kept(masked: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("of nobody's making")

    monkeypatch.setattr(masked.originals, "keep", broken)
    with pytest.raises(ValueError, match="nobody"):
        masked.tell(1)
    assert "clip" in {item.kind for item in masked.media.for_incident(incident_id("a")) if item.end > BEGAN + 30.0}


def test_a_stream_that_changes_its_format_gives_a_piece_of_each(filmed: Recording) -> None:
    half = len(filmed.packets) // 2
    key = next(i for i in range(half, len(filmed.packets)) if filmed.packets[i].is_keyframe)
    other = replace(filmed.packets[0].format, extradata=filmed.packets[0].format.extradata + b"\0")
    changed = (*filmed.packets[:key], *(replace(packet, format=other) for packet in filmed.packets[key:]))
    pieces = [piece for piece, _ in originals(Recording(changed))]
    assert [len(piece.packets) for piece in pieces] == [key, len(changed) - key]


def test_a_disk_that_is_full_costs_the_original_and_not_the_clip(masked: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    add = masked.media.add

    def full(**item: object) -> object:
        if item["kind"] == "original":
            raise OSError(28, "No space left on device")
        return add(**item)  # type: ignore[arg-type]

    monkeypatch.setattr(masked.media, "add", full)
    masked.tell(1)
    assert masked.originals.failed == 1
    assert masked.lost_later() == 1
    assert {item.kind for item in masked.media.for_incident(incident_id("a"))} == {"clip", "still"}


def test_whatever_befalls_an_original_no_picture_of_a_flats_inside_stays(
    unmasked: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("of nobody's making")

    unmasked.tell(1)
    before = {item.id for item in unmasked.media.for_incident(incident_id("a")) if item.end > BEGAN + 30.0}
    assert before
    monkeypatch.setattr(unmasked.originals, "keep", broken)
    unmasked.openings.note(break_in("a")[:4])
    with pytest.raises(ValueError, match="nobody"):
        unmasked.pinner.run_once(float("inf"))
    assert not before & {item.id for item in unmasked.media.for_incident(incident_id("a"))}
