"""What a power cut may leave of files that were being written: all that was not yet promised is cut, or is rubbish."""

import os
import struct
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

_HEADER, _FRAME_HEADER = 32, 24
_INDEX_HEADER = 48
_BACKFILLED = 2 * _INDEX_HEADER


@dataclass(frozen=True, slots=True)
class WalIndex:
    """What SQLite's WAL-index says: `kept` frames are on disk, `copied` of them also in the database's own file.

    Both are counted after fsync (walFrames and walCheckpoint of SQLite's wal.c, with synchronous=FULL).
    """

    page_bytes: int
    kept: int
    copied: int

    @staticmethod
    def read(path: Path) -> "WalIndex | None":
        """Of `…-shm`; None if there is none, or it is just being written."""
        if not path.exists():
            return None
        content = path.read_bytes()
        first, second = content[:_INDEX_HEADER], content[_INDEX_HEADER:_BACKFILLED]
        if len(content) < _BACKFILLED + 4 or first != second or not first[12]:
            return None
        size, kept = struct.unpack_from("=HI", first, 14)
        (copied,) = struct.unpack_from("=I", content, _BACKFILLED)
        return WalIndex(65536 if size == 1 else size, kept, copied)


def tear_database(path: Path, chance: Random) -> int:
    """Of a database that nobody has open any more, but whose WAL-index is as they left it; how many places it was torn
    at.

    Behind the last frame that is kept there may be half a transaction, rubbish, or nothing. A page that was being
    copied into the database's own file may be half there: the log still has it.
    """
    log, index_file = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    index = WalIndex.read(index_file)
    index_file.unlink(missing_ok=True)  # it was never promised to anybody
    if index is None or not log.exists():
        return 0
    torn = _tear_pages(path, log, index, chance)
    end = _HEADER + index.kept * (_FRAME_HEADER + index.page_bytes)
    tail = log.read_bytes()[end:] or chance.randbytes(chance.randint(1, 3 * index.page_bytes))
    os.truncate(log, min(end, log.stat().st_size))
    with log.open("ab") as file:
        file.write(_torn(tail, chance))
    return torn + 1


def _tear_pages(path: Path, log: Path, index: WalIndex, chance: Random) -> int:
    """One of the pages that a checkpoint may have been copying."""
    frames = range(index.copied, index.kept)
    if not frames or chance.random() < 0.5:
        return 0
    place = _HEADER + chance.choice(frames) * (_FRAME_HEADER + index.page_bytes)
    content = log.read_bytes()[place : place + _FRAME_HEADER + index.page_bytes]
    (number,) = struct.unpack_from(">I", content)
    half = content[_FRAME_HEADER : _FRAME_HEADER + index.page_bytes // 2]
    with path.open("r+b") as file:
        file.seek((number - 1) * index.page_bytes)
        file.write(half + chance.randbytes(index.page_bytes - len(half)))
    return 1


def tear_spool(path: Path, kept: AbstractSet[UUID], chance: Random) -> int:
    """Of the spool: only behind the last line of an event of which somebody was told that it is kept."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    end = promised = 0
    for line in content.splitlines(keepends=True):
        end += len(line)
        if any(str(key).encode() in line for key in kept):
            promised = end
    tail = content[promised:]
    if tail:
        path.write_bytes(content[:promised] + _torn(tail, chance))
    return bool(tail)


def tear_media(root: Path, chance: Random) -> int:
    """Of media: what has not yet got its name."""
    files = sorted(root.glob("incoming-*"))
    for path in files:
        path.write_bytes(_torn(path.read_bytes() or b"\0", chance))
    return len(files)


def _torn(tail: bytes, chance: Random) -> bytes:
    """Cut anywhere; or all of it, with rubbish or zeros in the middle."""
    first, last = sorted(chance.randint(0, len(tail)) for _ in range(2))
    match chance.randrange(3):
        case 0:
            return tail[:first]
        case 1:
            return tail[:first] + chance.randbytes(last - first) + tail[last:]
        case _:
            return tail[:first] + bytes(last - first) + tail[last:]
