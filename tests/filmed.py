"""Single pictures of the rendered recordings, in which it is known who is where."""

from dataclasses import dataclass
from functools import cache

from tests.house.tree import ROOT
from vigilanza.app.replay import START_AT, frames_of
from vigilanza.config import Camera
from vigilanza.domain.frame import Frame

VIDEOS = ROOT / "tests" / "fixtures" / "videos"
RATE_HZ = 5


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: `at` in seconds of clip time; `box` is the only person's left, top, right, bottom, in 0..1."""

    clip: str
    at: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


ALONE = Shot("dev_neg_leaning_on_wall_with_phone", 20.0, (0.300, 0.347, 0.383, 0.900))
NOBODY = Shot("dev_neg_leaning_on_wall_with_phone", 1.0)


@cache
def filmed(shot: Shot) -> Frame:
    """The first picture from `shot.at` on."""
    path = VIDEOS / f"{shot.clip}.mp4"
    camera = Camera(shot.clip, path, None, "tcp", None, RATE_HZ, (), ())
    for frame in frames_of(path, camera):
        if frame.at >= START_AT + shot.at - 1e-3:
            return frame
    raise AssertionError(f"{path.name} is shorter than {shot.at} s")
