"""A site whose one camera is watched, with its configuration's file, for what is drawn on its pictures."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live import tapped
from tests.watched import PASSWORD, USER, Watched
from vigilanza.app.board import FileBoard
from vigilanza.clock import Clock, SystemClock
from vigilanza.config import load
from vigilanza.lab.simcam import CameraServer

TEXT = """\
# This file belongs to via Esempio 4.
site: {id: "0423", name: via Esempio 4}
cameras:
  - id: landing                     # on the third floor
    source: rtsp://127.0.0.1:8554/main
    doors:
      - id: flat-12
        role: sealed                # since June
        leaf: [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5], [0.1, 0.5]]      # measured twice
        floor: [[0.1, 0.5], [0.3, 0.5], [0.3, 0.7], [0.1, 0.7]]
      - id: flat-13
        role: neighbour
        leaf: [[0.4, 0.1], [0.5, 0.1], [0.5, 0.5], [0.4, 0.5]]
    masks:
      - [[0.6, 0.3], [0.7, 0.3], [0.7, 0.4]]        # a peephole

  - id: cellar                      # not built in yet
    source: rtsp://127.0.0.1:8554/cellar

storage: {database: "sqlite:///vigilanza.db", media: media, state: state}
"""
SIZE_PX = (640, 360)
FIGURES = """\
vigilanza_watch_analysed_width_px{camera="landing"} 640.0
vigilanza_watch_analysed_height_px{camera="landing"} 360.0
"""


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """`path` is the configuration's file."""

    path: Path
    board: FileBoard

    def former(self) -> list[Path]:
        """The versions kept beside the file."""
        return sorted(self.path.parent.glob("cameras.yaml.*"))


def site(folder: Path, *, clock: Clock | None = None, text: str = TEXT, accepted: Path | None = None) -> DrawnSite:
    """The file, and what a watch says of its pictures; `accepted`: the copy of a part that `run` has started."""
    path = folder / "cameras.yaml"
    path.write_text(text, "utf-8")
    (folder / "state").mkdir()
    (folder / "state" / "watch.prom").write_text(FIGURES, "utf-8")
    if accepted is not None:
        accepted.write_text(text, "utf-8")
    config = load(path, environ={}, accepted=accepted)
    return DrawnSite(path, FileBoard(config, environ={}, clock=clock or SystemClock()))


@contextmanager
def watched(folder: Path, film: Path) -> Iterator[None]:
    """The camera `landing` is watched: its pictures can be asked for."""
    with ExitStack() as stack:
        server = stack.enter_context(CameraServer({"/main": film}, user=USER, password=PASSWORD))
        one = stack.enter_context(Watched(server, keyframe_timeout=10.0))
        one.wait_for_frames(1)
        stack.enter_context(tapped(folder / "state" / "live.socket", one.ring, name="landing"))
        yield
