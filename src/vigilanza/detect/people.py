"""Who finds people in a picture; whatever network answers, it is behind this."""

from typing import Protocol

from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.domain.frame import Frame


class NotYet(Exception):
    """The picture is still being looked at, or others are: the last answer stands."""


class PersonDetector(Protocol):
    """One network, shared by all cameras of a process and asked from their threads at the same time."""

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        """A bounded number of people in `window` of the picture. DetectorError if it cannot be looked at.

        `whole_px`: width and height of what `window` is a part of; people are shown to the network as large as they
        would be in all of it, so that a small part is cheap. None: `window` is all there is.

        NotYet if that takes too long to wait for; a later call gives the answer, once it is there.
        """
        ...
