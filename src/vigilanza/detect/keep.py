"""What was learned, kept in a file over restarts."""

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.errors import DetectorError


def keep_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to `path`, replacing it in one step. DetectorError if the disk does not take them."""
    beside = path.with_suffix(".new.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise DetectorError(f"{path} cannot be written: {error.strerror}") from error


def kept_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """What `keep_arrays` wrote. DetectorError if the file is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise DetectorError(f"{path} is damaged: delete it to learn anew, with the door sealed") from error
