"""Who finds people in a picture; whatever network answers, it is behind this."""

from typing import Protocol

from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame


class NotYet(Exception):
    """The picture is still being looked at, or others are: the last answer stands."""


class PersonDetector(Protocol):
    """One network, shared by all cameras of a process and asked from their threads at the same time."""

    def find(self, frame: Frame, window: Window) -> list[Pose]:
        """A bounded number of people in `window` of the picture. DetectorError if it cannot be looked at.

        NotYet if that takes too long to wait for; a later call gives the answer, once it is there.
        """
        ...
