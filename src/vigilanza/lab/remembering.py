"""What was found in the pictures of one recording, kept."""

from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.domain.frame import Frame


class Remembering:
    """A PersonDetector that looks at each part of a picture once, whoever asks: to play a recording in several ways."""

    def __init__(self, people: PersonDetector) -> None:
        self._people = people
        self._known: dict[tuple[float, Window, Size | None], list[Pose]] = {}

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        """See PersonDetector."""
        key = (round(frame.at, 3), window, whole_px)
        if key not in self._known:
            self._known[key] = self._people.find(frame, window, whole_px)
        return self._known[key]
