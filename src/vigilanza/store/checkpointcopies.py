"""Copies of check points in a file beside the database."""

import os
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import structlog

from vigilanza.domain.errors import AuditBroken
from vigilanza.store.evidence.checkpoint import Checkpoint, read_checkpoint

log = structlog.get_logger(__name__)

FILE_MAX_BYTES = 8_000_000
"""About a week of check points with time stamps, or three months of them without."""


class CheckpointCopies:
    """Appended to `path`. A file that is full becomes the one before, in place of that which was it.

    Nothing is proved less by what is dropped: each check point names the one before by its hash and pins the whole
    chain so far, so that the newest copy shows whatever happened to older ones. Where it does not, because the chain
    was cut off and went on, nothing is dropped any more, however large the file becomes.
    """

    def __init__(self, path: Path, *, file_max_bytes: int = FILE_MAX_BYTES) -> None:
        self._path, self._max_bytes = path, file_max_bytes
        self._before = path.with_name(f"{path.stem}.before{path.suffix}")

    def keep(self, made: Checkpoint) -> None:
        """On disk when this returns. OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = f"{made.line()}\n".encode()
        if self._path.exists() and self._path.stat().st_size + len(line) > self._max_bytes:
            if self._is_one_chain():
                self._path.replace(self._before)
            else:
                log.error("the copies of check points contradict each other: verify the audit chain")
        with self._path.open("a+b") as target:
            _cut_half_line(target)
            target.write(line)
            target.flush()
            os.fsync(target.fileno())

    def read(self) -> list[Checkpoint]:
        """Oldest first. AuditBroken names a line that is none; a last line that was not finished is passed over."""
        newest = _read(self._path)  # first: what becomes the file before meanwhile is there twice, else not at all
        return [*_read(self._before), *newest]

    def _is_one_chain(self) -> bool:
        """A chain that was cut off, and went on, counts its check points anew from there."""
        try:
            return all(one.number < other.number for one, other in pairwise(self.read()))
        except AuditBroken:
            return False


def _read(path: Path) -> list[Checkpoint]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise AuditBroken(f"{path}: {error}") from error
    found = []
    for place, line in enumerate(text.split("\n")[:-1], 1):
        try:
            found.append(read_checkpoint(line))
        except ValueError as error:
            raise AuditBroken(f"{path}:{place}") from error
    return found


def _cut_half_line(copies: BinaryIO) -> None:
    """What a full disk or a crash left at the end: another line behind it would be none either."""
    size_bytes = copies.seek(0, os.SEEK_END)
    copies.seek(max(size_bytes - 1, 0))
    if copies.read(1) in (b"", b"\n"):
        return
    copies.seek(0)
    whole = copies.read().rfind(b"\n") + 1
    log.warning("the copies of check points ended in half a line", size_bytes=size_bytes - whole)
    copies.truncate(whole)
