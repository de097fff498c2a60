"""What a camera of an exercise shows: the recording as it is, and the same place, alive, before and after it."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.videos import video
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.bench.stillness import decoded, film, still_life
from vigilanza.lab.scenery import STILL_S, write_scenery

FPS = 10.0


def test_the_place_is_shown_alive_before_and_after_the_recording(tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    write_scenery(video(frames=40), copy)
    shown, still = list(decoded(copy)), round(STILL_S * FPS)
    assert len(shown) == still + 40 + still
    assert all((one != other).any() for one, other in pairwise(shown)), "no two alike: a frozen camera"
    recorded = list(decoded(video(frames=40)))
    apart = [np.abs(one.astype(int) - other).mean() for one, other in zip(shown[still:-still], recorded, strict=True)]
    assert max(apart) < 4.0
    for first, last in ((shown[0], recorded[0]), (shown[-1], recorded[-1])):
        assert np.abs(first.astype(int) - last).mean() < 20.0


def test_a_rich_recording_is_not_made_poorer(tmp_path: Path) -> None:
    rich, copy = tmp_path / "rich.mp4", tmp_path / "copy.mp4"
    pictures = list(decoded(video(frames=20, size=(1280, 720))))
    film(still_life(pictures, 40), rich, FPS, bitrate=8_000_000)
    write_scenery(rich, copy)
    a_second = rich.stat().st_size / 4.0
    assert copy.stat().st_size / (4.0 + 2 * STILL_S) >= a_second


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"nothing")
    with pytest.raises(RecordingError, match=r"x\.mp4"):
        write_scenery(tmp_path / "x.mp4", tmp_path / "copy.mp4")
