"""A landing on which nothing happens, filmed once per test run."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.commands import VIDEOS
from vigilanza.lab.day import write_day

_DIRECTORY = TemporaryDirectory(prefix="vigilanza-quiet-")
SECONDS = 30.0


@cache
def quiet() -> Path:
    """SECONDS of H.264, 640x360 at 10 pictures a second, a key frame every two seconds."""
    path = Path(_DIRECTORY.name) / "quiet.mp4"
    write_day(VIDEOS / "dev_pos_two_fast_kick.mp4", path, seconds=SECONDS, quiet_until=2.0)
    return path
