"""The one file of a package: a ZIP that only stores, and whose every byte follows from names and contents.

Any unzipping program opens it. Ours takes nothing but this form: no second reading of a file is possible, and a
changed byte has nowhere to hide.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from vigilanza.store.evidence.finding import Code, PackageBroken

LONGEST_BYTES = 2**32 - 1
"""Beyond it a ZIP has another form."""
MOST_ENTRIES = 10_000
CHUNK_BYTES = 1 << 20

_LOCAL, _CENTRAL, _END = (struct.Struct(form) for form in ("<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"))
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION, _UNIX, _DAY_ZERO, _PLAIN_FILE = 10, 3 << 8, 0x21, 0o100644 << 16
_PATH = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}(/[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}){0,2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in it: `start` is where its bytes begin, in bytes from the container's first."""

    path: str
    size_bytes: int
    crc32: int
    sha256: str
    start: int


class ContainerWriter:
    """Writes into `target`, which can seek; `close` makes it whole."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._entries: list[Entry] = []

    def add(self, path: str, content: BinaryIO) -> Entry:
        """Copy a file in. ValueError for a path that is not ours, or one too many; OSError."""
        if not _PATH.fullmatch(path) or len(self._entries) >= MOST_ENTRIES:
            raise ValueError(f"no file of a package: {path!r}")
        head = self._target.tell()
        self._target.write(bytes(_LOCAL.size + len(path)))
        digest, crc, size = hashlib.sha256(), 0, 0
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            self._target.write(chunk)
        end = self._target.tell()
        if end > LONGEST_BYTES:
            raise ValueError(f"a package has at most {LONGEST_BYTES} bytes")
        entry = Entry(path, size, crc, digest.hexdigest(), head + _LOCAL.size + len(path))
        self._target.seek(head)
        self._target.write(_local(entry))
        self._target.seek(end)
        self._entries.append(entry)
        return entry

    def keep(self, count: int) -> None:
        """Forget all but the first `count` files, which is where `target` now stands."""
        del self._entries[count:]

    def close(self) -> None:
        """Write the directory. ValueError if there is no room for it."""
        directory = _directory(self._entries, self._target.tell())
        if self._target.tell() + len(directory) > LONGEST_BYTES:
            raise ValueError(f"a package has at most {LONGEST_BYTES} bytes")
        self._target.write(directory)


def read_container(source: BinaryIO) -> list[Entry]:
    """What is in it, read once to its end; PackageBroken says where it is not as `ContainerWriter` writes it."""
    entries: list[Entry] = []
    for entry in _walk(source):
        if any(entry.path == other.path for other in entries):
            raise PackageBroken(Code.DUPLICATE, entry.path)
        if len(entries) >= MOST_ENTRIES:
            raise PackageBroken(Code.TOO_MANY, str(MOST_ENTRIES))
        entries.append(entry)
    if not entries:
        raise PackageBroken(Code.NOT_A_PACKAGE)
    expected = _directory(entries, source.tell())
    found = source.read(len(expected) + 1)
    if found != expected:
        if found.startswith(expected):
            raise PackageBroken(Code.APPENDED)
        raise PackageBroken(Code.TRUNCATED if expected.startswith(found) else Code.DIRECTORY_ALTERED)
    return entries


def _walk(source: BinaryIO) -> Iterator[Entry]:
    """The files, until something else follows, at which `source` then stands."""
    while True:
        here = source.tell()
        head = source.read(_LOCAL.size)
        if head[:4] in (_CENTRAL_MARK, _END_MARK) or (here == 0 and head[:4] != _LOCAL_MARK):
            source.seek(here)
            return
        if len(head) < _LOCAL.size:
            raise PackageBroken(Code.TRUNCATED)
        yield _entry(source, head, here)


def _entry(source: BinaryIO, head: bytes, here: int) -> Entry:
    mark, _, flags, method, _, _, _, packed, size, length, extra = _LOCAL.unpack(head)
    if mark != _LOCAL_MARK:
        raise PackageBroken(Code.HEADER_ALTERED, str(here))
    name = source.read(length)
    path = name.decode("ascii", errors="backslashreplace")
    if not _PATH.fullmatch(path):
        raise PackageBroken(Code.UNSAFE_PATH, repr(path[:100]))
    if method != 0 or flags != 0 or packed != size:
        raise PackageBroken(Code.COMPRESSED, path)
    source.seek(extra, 1)
    entry = _measured(source, path, size, here + _LOCAL.size + length)
    if _local(entry) != head + name:
        raise PackageBroken(Code.HEADER_ALTERED, path)
    return entry


def _measured(source: BinaryIO, path: str, size: int, start: int) -> Entry:
    digest, crc, left = hashlib.sha256(), 0, size
    while left:
        chunk = source.read(min(left, CHUNK_BYTES))
        if not chunk:
            raise PackageBroken(Code.TRUNCATED)
        digest.update(chunk)
        crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    return Entry(path, size, crc, digest.hexdigest(), start)


def _local(entry: Entry) -> bytes:
    name = entry.path.encode("ascii")
    sizes = (entry.crc32, entry.size_bytes, entry.size_bytes)
    return _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DAY_ZERO, *sizes, len(name), 0) + name


def _directory(entries: Sequence[Entry], start: int) -> bytes:
    written = b""
    for entry in entries:
        name = entry.path.encode("ascii")
        numbers = (_UNIX | _VERSION, _VERSION, 0, 0, 0, _DAY_ZERO, entry.crc32, entry.size_bytes, entry.size_bytes)
        place = entry.start - _LOCAL.size - len(name)
        written += _CENTRAL.pack(_CENTRAL_MARK, *numbers, len(name), 0, 0, 0, 0, _PLAIN_FILE, place) + name
    count = len(entries)
    return written + _END.pack(_END_MARK, 0, 0, count, count, len(written), start, 0)
