"""Media files and their rows, on both databases."""

import hashlib
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, incident_id
from vigilanza.domain.errors import JournalUnavailable, UnknownRecord
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.queries import Queries

CLIP = b"the packets as the camera sent them"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def store(root: Path, engine: Engine) -> MediaStore:
    return MediaStore(root=root, engine=engine, clock=FakeClock())


def add(store: MediaStore, content: bytes | Path, name: str = "a", start: float = BEGAN) -> MediaItem:
    return store.add(
        incident=incident_id(name), kind="clip", start=start, end=start + 60, content=content, suffix=".mp4"
    )


def test_a_file_is_moved_in_and_named_by_its_content(store: MediaStore, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(CLIP)
    item = add(store, source)
    assert not source.exists()
    assert item.sha256 == hashlib.sha256(CLIP).hexdigest()
    assert item.size_bytes == len(CLIP)
    path = store.path(item.id)
    assert path.read_bytes() == CLIP
    assert path.name == f"{item.sha256}.mp4"


def test_an_incidents_media_come_in_the_order_of_their_pictures(store: MediaStore) -> None:
    later, earlier = add(store, b"later", start=BEGAN + 60), add(store, b"earlier")
    add(store, b"other", name="b")
    assert store.for_incident(incident_id("a")) == [earlier, later]


def test_the_same_twice_is_kept_once(store: MediaStore, engine: Engine) -> None:
    first = add(store, CLIP)
    marker = Queries(engine).marker()
    assert add(store, CLIP) == first
    assert not Queries(engine).changed_since(marker)
    assert store.for_incident(incident_id("a")) == [first]


def test_unknown_media_and_odd_suffixes_are_refused(store: MediaStore) -> None:
    with pytest.raises(UnknownRecord):
        store.path(incident_id("nothing"))
    for suffix in ("mp4", ".mp4/../../x", ".MP4", ""):
        with pytest.raises(ValueError, match="suffix"):
            store.add(incident=incident_id("a"), kind="clip", start=0, end=1, content=CLIP, suffix=suffix)


def test_a_file_stays_where_it_was_if_the_database_is_away(tmp_path: Path, root: Path) -> None:
    (tmp_path / "db").mkdir()
    store = MediaStore(root=root, engine=open_database(f"sqlite:///{tmp_path / 'db'}"), clock=FakeClock())
    source = tmp_path / "clip.mp4"
    source.write_bytes(CLIP)
    with pytest.raises(JournalUnavailable):
        add(store, source)
    assert source.read_bytes() == CLIP
    (tmp_path / "db").rmdir()
    assert store.path(add(store, source).id).read_bytes() == CLIP


def test_a_sweep_removes_what_no_row_names_and_marks_what_is_gone(store: MediaStore, root: Path) -> None:
    kept, lost = add(store, CLIP), add(store, b"lost", start=BEGAN + 99)
    old, young = root / "incoming-old", root / "ab" / ("ab" * 32 + ".mp4")
    young.parent.mkdir(exist_ok=True)
    for path, age in ((old, 7200.0), (young, 60.0), (store.path(kept.id), 1e6)):
        path.touch()
        moment = FakeClock().now() - age
        os.utime(path, (moment, moment))
    place = store.path(lost.id)
    place.rename(root.parent / "elsewhere")
    report = store.sweep(older_than=3600.0)
    assert (report.removed, report.missing) == (1, 1)
    assert (old.exists(), young.exists()) == (False, True)
    assert [item.missing for item in store.for_incident(incident_id("a"))] == [False, True]
    with pytest.raises(UnknownRecord, match="gone"):
        store.path(lost.id)
    (root.parent / "elsewhere").rename(place)
    store.sweep()
    assert [item.missing for item in store.for_incident(incident_id("a"))] == [False, False]


def long_ago(path: Path) -> Path:
    """An old file, with everything above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"old")
    moment = FakeClock().now() - 1e6
    os.utime(path, (moment, moment))
    return path


def test_a_sweep_touches_only_names_of_our_own(store: MediaStore, root: Path) -> None:
    add(store, CLIP)
    digest = "ab" * 32
    names = ("vigilanza.db", "state/spool.jsonl", "state/incoming-x", f"{digest}.mp4", f"ab/{digest}", "ab/notes.txt")
    others = [long_ago(root / name) for name in (*names, f"cd/{digest}.mp4", f"ab/{digest.upper()}.mp4")]
    ours = [long_ago(root / "incoming-x"), long_ago(root / "ab" / f"{digest}.mp4")]
    assert store.sweep().removed == 2
    assert [path.exists() for path in others] == [True] * len(others)
    assert [path.exists() for path in ours] == [False, False]


def test_a_new_database_on_an_old_folder_costs_no_file(store: MediaStore, root: Path) -> None:
    files = [long_ago(root / "incoming-x"), long_ago(root / "ab" / ("ab" * 32 + ".mp4"))]
    assert store.sweep().removed == 0
    assert all(path.exists() for path in files)


def test_a_file_that_cannot_be_removed_does_not_end_the_sweep(
    store: MediaStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = add(store, CLIP)
    store.path(lost.id).unlink()
    stuck, vanished, other = (long_ago(root / f"incoming-{name}") for name in "abc")
    unlink = Path.unlink

    def faulty(path: Path, missing_ok: bool = False) -> None:
        if path == vanished:
            unlink(path)
        if path == stuck:
            raise PermissionError(1, "Operation not permitted")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", faulty)
    report = store.sweep()
    assert (report.removed, report.missing) == (1, 1)
    assert (stuck.exists(), other.exists()) == (True, False)
