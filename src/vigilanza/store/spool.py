"""The spool: events on disk before the database has them."""

import fcntl
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event, event_from_json, event_to_json
from vigilanza.store.directory import keep_names

log = structlog.get_logger(__name__)

LIMIT_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class SpoolCounts:
    """What was lost or put aside since the start: lines cut by a crash, lines unreadable, events refused as full."""

    torn: int = 0
    damaged: int = 0
    full: int = 0


class Spool:
    """A bounded file of events, in order, fsync'ed. Owned by one thread of one process (the file is locked).

    One line per event: CRC-32 in hex, a space, the event's JSON. Unreadable lines are put aside in `<path>.damaged`.
    JournalUnavailable if another process has it; OSError of the disk goes to the caller.
    """

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._path, self._limit_bytes = path, limit_bytes
        self.counts = SpoolCounts()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise JournalUnavailable(f"spool {path} is used by another process") from error
        keep_names(path.parent)  # else a power cut might take a spool that was made just now, with all it was given
        self._waiting = self._load()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def size_bytes(self) -> int:
        """Bytes on disk; freed when all of it was taken."""
        return os.fstat(self._file.fileno()).st_size

    def append(self, events: Sequence[Event]) -> None:
        """On disk when this returns. JournalUnavailable if the bound is reached: nothing was taken."""
        block = b"".join(_line(event) for event in events)
        before = self.size_bytes
        if before + len(block) > self._limit_bytes:
            self.counts.full += len(events)
            raise JournalUnavailable(f"spool {self._path} is full ({before} bytes)")
        try:
            _write_all(self._file.fileno(), block)
            os.fsync(self._file.fileno())
        except OSError:
            # Half a block must not stand between this and the next one.
            os.ftruncate(self._file.fileno(), before)
            raise
        self._waiting.extend(events)

    def first(self, count: int) -> list[Event]:
        """The oldest events, still kept."""
        return self._waiting[:count]

    def drop(self, count: int) -> None:
        """Forget the oldest `count` events: the journal has them.

        The file is emptied when the last one is gone; after a crash before that, events come again, which is harmless.
        """
        del self._waiting[:count]
        if not self._waiting:
            os.ftruncate(self._file.fileno(), 0)

    def set_aside(self, event: Event) -> None:
        """Move the oldest event to `<path>.damaged`: the journal can never take it, and others wait behind it."""
        self._quarantine(_line(event))
        self.drop(1)

    def close(self) -> None:
        """Unlock and close; what waits stays on disk."""
        self._file.close()

    def _load(self) -> list[Event]:
        content = self._path.read_bytes()
        whole, newline, torn = content.rpartition(b"\n")
        if torn:
            # The process died while writing: that append never returned, so nobody was told it was kept.
            self.counts.torn += 1
            log.warning("spool ended in half a line", path=str(self._path), size_bytes=len(torn))
            self._quarantine(torn + b"\n")
            os.ftruncate(self._file.fileno(), len(whole) + len(newline))
        events = []
        for line in whole.split(b"\n") if whole else ():
            try:
                events.append(_event(line))
            except (ValueError, KeyError, TypeError):
                self.counts.damaged += 1
                log.error("spool has an unreadable line", path=str(self._path))
                self._quarantine(line + b"\n")
        return events

    def _quarantine(self, line: bytes) -> None:
        with self._path.with_name(self._path.name + ".damaged").open("ab") as aside:
            aside.write(line)
            aside.flush()
            os.fsync(aside.fileno())


def _line(event: Event) -> bytes:
    body = json.dumps(event_to_json(event), separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _event(line: bytes) -> Event:
    checksum, _, body = line.partition(b" ")
    if int(checksum, 16) != zlib.crc32(body):
        raise ValueError("checksum")
    return event_from_json(json.loads(body))


def _write_all(descriptor: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
