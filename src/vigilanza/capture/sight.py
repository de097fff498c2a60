"""A compressed picture on its way to be shown."""

from dataclasses import dataclass

from vigilanza.capture.packet import Packet
from vigilanza.domain.door import Polygon


@dataclass(frozen=True, slots=True)
class Sight:
    """A packet, and what must be black in its picture wherever it is shown: outlines in 0..1 of the picture.

    The masks of the camera come on top.
    """

    packet: Packet
    hidden: tuple[Polygon, ...]
