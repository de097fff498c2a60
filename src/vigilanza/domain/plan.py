"""A floor plan: where on its picture cameras and doors are, and what may be such a picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BYTES = 4_000_000
MOST_PX = 6000
"""A side."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of frames, which tell the size; the others among them are tables."""


@dataclass(frozen=True, slots=True)
class Spot:
    """`x` and `y` in 0..1 of the picture; `direction`: degrees, clockwise from its top, None if not known."""

    id: str
    x: float
    y: float
    direction: float | None = None


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """One stair or floor."""

    id: str
    name: str
    cameras: tuple[Spot, ...] = ()
    doors: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """What a plan is drawn on."""

    content: bytes
    mime_type: str
    width_px: int
    height_px: int


def plan_of(plans: Sequence[FloorPlan], *, camera: str, door: str | None) -> FloorPlan | None:
    """The plan that shows the door; failing that, the camera."""
    with_door = (plan for plan in plans if door in [spot.id for spot in plan.doors])
    with_camera = (plan for plan in plans if camera in [spot.id for spot in plan.cameras])
    return next(with_door, None) or next(with_camera, None)


def read_picture(content: bytes) -> Picture:
    """ValueError unless it is a PNG or JPEG of a bearable size: nothing else is ever served as one."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) >= 24:
        found = Picture(content, "image/png", *(int.from_bytes(content[at : at + 4]) for at in (16, 20)))
    elif content.startswith(_JPEG):
        found = Picture(content, "image/jpeg", *_jpeg_size(content))
    else:
        raise ValueError("neither PNG nor JPEG")
    if not (0 < found.width_px <= MOST_PX and 0 < found.height_px <= MOST_PX):
        raise ValueError(f"{found.width_px} x {found.height_px} pixels, at most {MOST_PX} a side")
    return found


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height, from the first frame's header (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] == 0xFF:  # a fill byte
            at += 1
        elif content[at + 1] in _JPEG_SIZES:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    raise ValueError("a JPEG that does not tell its size")
