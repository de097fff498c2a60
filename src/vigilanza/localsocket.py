"""Sockets in the file system, for processes of one box and one user."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def listen(door: socket.socket, path: Path) -> None:
    """Let an AF_UNIX socket listen at `path`, whatever was there; only our own user may connect (mode 0600).

    The name appears only once it listens. OSError if it cannot be.
    """
    making = path.with_name(path.name + ".new")
    making.unlink(missing_ok=True)
    os.fchmod(door.fileno(), 0o600)  # what the name's mode is made of, before there is a name (unix(7))
    with _short(making) as address:
        door.bind(address)
    door.listen()
    making.replace(path)


def connect(line: socket.socket, path: Path) -> None:
    """OSError if nobody listens there."""
    with _short(path) as address:
        line.connect(address)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """An address for `path`: the kernel takes 107 bytes (sun_path), a folder's name may be longer."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
