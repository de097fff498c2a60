"""Names in a folder that outlive a power cut."""

import os
from pathlib import Path


def keep_names(folder: Path) -> None:
    """The names in `folder` are on disk when this returns: fsync of a file promises its content alone. OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
