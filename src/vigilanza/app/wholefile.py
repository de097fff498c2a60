"""A file that is there as a whole, or as it was before."""

import os
from pathlib import Path
from uuid import uuid4


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """In place of what `path` holds, on disk when this returns; the folder is made if missing. OSError.

    `private`: nobody but our own user may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "wb"
        ) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
