"""What a camera shows before and after a recording: the same place, with a camera's noise in every picture."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.errors import RecordingError
from vigilanza.lab.bench.stillness import BITRATE, decoded, film, still_life

STILL_S = 12.0
"""Longer than whoever looks for a frozen camera compares pictures."""
_OPENING = 10
"""Pictures from which the place before the recording is made."""
_USUAL = 10.0
"""Pictures a second, where a file does not say how many."""


def write_scenery(recording: Path, target: Path) -> None:
    """Write the recording to `target`, encoded anew, with STILL_S of stillness before and after it. RecordingError.

    It gets twice its own bitrate, that encoding it anew takes nothing from it.

    To repeat a single group of pictures instead would be a frozen camera for whoever looks at times that suit.
    """
    fps, bitrate = _rates(recording)
    film(_pictures(recording, round(STILL_S * fps)), target, fps, max(BITRATE, 2 * bitrate))


def _rates(recording: Path) -> tuple[float, int]:
    """Pictures and bits a second."""
    try:
        with av.open(str(recording)) as container:
            fps = float(container.streams.video[0].average_rate or _USUAL)
            return fps, round(8 * recording.stat().st_size * av.time_base / (container.duration or av.time_base))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise RecordingError(f"{recording}: {error}") from error


def _pictures(recording: Path, still: int) -> Iterator[NDArray[np.uint8]]:
    yield from still_life(list(decoded(recording, _OPENING)), still)
    last = deque[NDArray[np.uint8]](maxlen=2)
    for picture in decoded(recording):
        last.append(picture)
        yield picture
    yield from still_life(list(last), still)
