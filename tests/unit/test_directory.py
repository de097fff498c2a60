"""New names are on disk before anybody is told that what they name is kept."""

import os
from pathlib import Path

import pytest

from tests.samples import incident_id
from vigilanza.clock import SystemClock
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore
from vigilanza.store.spool import Spool


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Files and folders, by inode, that somebody had the disk keep."""
    inodes: set[int] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        inodes.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return inodes


def test_a_mediums_folder_is_kept_with_it_and_so_is_that_folders_name(tmp_path: Path, synced: set[int]) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
    media = MediaStore(root=tmp_path / "media", engine=engine, clock=SystemClock())
    item = media.add(incident=incident_id("a"), kind="still", start=0.0, end=0.0, content=b"a still", suffix=".jpg")
    place = media.place_of(item)
    assert {place.parent.stat().st_ino, media.root.stat().st_ino} <= synced
    engine.dispose()


def test_a_new_spools_name_is_kept(tmp_path: Path, synced: set[int]) -> None:
    Spool(tmp_path / "state" / "events.spool").close()
    assert (tmp_path / "state").stat().st_ino in synced
