"""A drawn corridor with a sealed door, as a camera would give it: with noise, in any light."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.detector import Context, Detector
from vigilanza.detect.gate import Gate
from vigilanza.detect.geometry import LEAF_HEIGHT_PX, LEAF_WIDTH_PX, MARGIN_PX
from vigilanza.domain.door import Door, Polygon, Role
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

CAMERA = "stairs-3"
BEGAN = 1_795_000_000.0
FPS = 5.0
WIDTH_PX, HEIGHT_PX = 1280, 720
LEFT, TOP, RIGHT, BOTTOM = 520, 130, 720, 570
"""The sealed leaf, in pixels of the drawing."""

Drawing = NDArray[np.float32]


def in_picture(*corners: tuple[float, float]) -> Polygon:
    """Pixels of the drawing as parts of the picture."""
    return tuple((x / WIDTH_PX, y / HEIGHT_PX) for x, y in corners)


LEAF = in_picture((LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM))
FLOOR = in_picture((LEFT - 40, BOTTOM), (RIGHT + 40, BOTTOM), (RIGHT + 90, 700), (LEFT - 90, 700))
SEALED = Door("B.03.12", Role.SEALED, LEAF, FLOOR)
NEIGHBOUR = Door("B.03.13", Role.NEIGHBOUR, in_picture((900, 120), (1090, 110), (1100, 610), (905, 580)))


@dataclass(frozen=True, slots=True)
class Look:
    """How the corridor looks at one moment."""

    light: float = 1.0
    lit_from: float = 0.0
    """Brightness falls off by this much from left to right, as with a lamp at one side."""
    infrared: bool = False
    opened: bool = False
    unsealed: bool = False
    """The seals are torn off."""
    leaflet: bool = False
    """A sheet of paper sticks to the leaf."""
    bag: bool = False
    board: bool = False
    """A board lies on the floor before the door."""
    person: float | None = None
    """Where somebody stands: x of the middle of the body, in 0..1."""
    shifted: tuple[int, int] = (0, 0)
    blurred: float = 0.0
    covered: bool = False
    noise: float = 1.5

    def __str__(self) -> str:
        """What is unusual, as the name of a test."""
        usual = Look()
        told = ((field.name, getattr(self, field.name), getattr(usual, field.name)) for field in fields(self))
        return " ".join(f"{name}={value}" for name, value, before in told if value != before) or "usual"


def picture(look: Look = Look(), *, at: float = 0.0, size_px: tuple[int, int] = (640, 360)) -> Frame:
    """The corridor at `at` seconds; the same arguments always give the same picture, which cannot be written to."""
    down, across = np.random.default_rng(round(abs(at) * 1000)).integers(0, 64, 2)
    grey = _drawn(replace(look, noise=0.0), size_px)
    noise = _NOISE[down : down + size_px[1], across : across + size_px[0]] * np.float32(look.noise)
    luma = np.clip(grey + noise, 0, 255).astype(np.uint8)
    width, height = size_px
    tint = np.array([128, 128] if look.infrared else [112, 142], np.float32).reshape(2, 1, 1)
    chroma = np.broadcast_to(tint, (2, height // 2, width // 2)).astype(np.uint8)
    luma.setflags(write=False)
    chroma.setflags(write=False)
    return Frame(CAMERA, BEGAN + at, luma, chroma)


def flat(look: Look = Look(), door: Door = SEALED, *, at: float = 0.0) -> NDArray[np.float32]:
    """A leaf that is seen straight on, cut out with its margin, in the size that leaves are compared in."""
    (left, top), (right, _), (_, bottom) = door.leaf[0], door.leaf[1], door.leaf[2]
    luma = picture(look, at=at).luma
    target = np.array([(0, 0), (LEAF_WIDTH_PX, 0), (0, LEAF_HEIGHT_PX)], np.float32) + MARGIN_PX
    corners = np.array([(left, top), (right, top), (left, bottom)], np.float32) * np.array(luma.shape[::-1], np.float32)
    size = (LEAF_WIDTH_PX + 2 * MARGIN_PX, LEAF_HEIGHT_PX + 2 * MARGIN_PX)
    return np.asarray(cv2.warpAffine(luma, cv2.getAffineTransform(corners, target), size), np.float32)


def film(
    *looks: tuple[float, Look], fps: float = FPS, began: float = 0.0, size_px: tuple[int, int] = (640, 360)
) -> list[Frame]:
    """Pictures of one look after the other, each for the seconds given."""
    frames: list[Frame] = []
    for seconds, look in looks:
        for _ in range(round(seconds * fps)):
            frames.append(picture(look, at=began + len(frames) / fps, size_px=size_px))
    return frames


def watched(
    detector: Detector,
    frames: Sequence[Frame],
    *,
    doors: Sequence[Door] = (SEALED, NEIGHBOUR),
    seen: Sequence[Observation] = (),
    gate: Gate | None = None,
) -> list[list[Observation]]:
    """What the detector says to each picture; `seen` is what others saw in all of them."""
    gate = gate or Gate()
    return [list(detector.observe(frame, Context(tuple(doors), gate.look(frame), tuple(seen)))) for frame in frames]


def facts(said: Sequence[Sequence[Observation]]) -> set[Fact]:
    """All kinds of observations."""
    return {observation.kind for observations in said for observation in observations}


_NOISE = np.random.default_rng(3).standard_normal((HEIGHT_PX + 64, WIDTH_PX + 64), np.float32)
_DRAWINGS: dict[tuple[Look, tuple[int, int]], Drawing] = {}


def _drawn(look: Look, size_px: tuple[int, int]) -> Drawing:
    if (look, size_px) not in _DRAWINGS:
        if len(_DRAWINGS) >= 40:
            _DRAWINGS.clear()
        drawing = _lit(_filmed(_scene(look), look), look)
        _DRAWINGS[look, size_px] = np.asarray(cv2.resize(drawing, size_px, interpolation=cv2.INTER_AREA), np.float32)
    return _DRAWINGS[look, size_px]


def _scene(look: Look) -> Drawing:
    grey = np.full((HEIGHT_PX, WIDTH_PX), 150.0, np.float32)
    grain = np.random.default_rng(7).standard_normal((HEIGHT_PX // 8, WIDTH_PX // 8), np.float32)
    grey += 10 * cv2.resize(grain, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    grey[600:] *= 0.7
    for x in range(-400, 1700, 130):
        cv2.line(grey, (x, HEIGHT_PX), (640 + (x - 640) // 2, 600), 60.0, 3)
    for y in (60, 300, 440):
        cv2.line(grey, (0, y), (WIDTH_PX, y), 95.0, 4)
    cv2.rectangle(grey, (160, 150), (330, 330), 220.0, -1)
    cv2.rectangle(grey, (180, 180), (310, 200), 40.0, -1)
    cv2.rectangle(grey, (180, 230), (290, 240), 40.0, -1)
    _draw_leaf(grey, 905, 118, 1095, 590, 90.0)
    _draw_leaf(grey, LEFT, TOP, RIGHT, BOTTOM, 120.0)
    if not look.unsealed:
        _draw_seal(grey)
    if look.leaflet:
        cv2.rectangle(grey, (LEFT + 50, TOP + 170), (LEFT + 150, TOP + 290), 245.0, -1)
        for y in range(TOP + 190, TOP + 280, 20):
            cv2.line(grey, (LEFT + 62, y), (LEFT + 138, y), 40.0, 6)
    if look.opened:
        _draw_flat(grey)
    if look.bag:
        cv2.rectangle(grey, (LEFT + 60, BOTTOM - 90), (LEFT + 150, BOTTOM + 30), 30.0, -1)
    if look.board:
        corners = np.array([(LEFT - 60, 610), (RIGHT + 20, 600), (RIGHT + 60, 690), (LEFT - 90, 700)], np.int32)
        cv2.fillPoly(grey, [corners], 205.0)
        cv2.polylines(grey, [corners], True, 40.0, 5)
    if look.person is not None:
        _draw_person(grey, round(look.person * WIDTH_PX))
    return grey


def _draw_leaf(grey: Drawing, left: int, top: int, right: int, bottom: int, shade: float) -> None:
    cv2.rectangle(grey, (left - 12, top - 12), (right + 12, bottom), 200.0, -1)
    cv2.rectangle(grey, (left, top), (right, bottom), shade, -1)
    height = (bottom - top) // 3
    for row in range(3):
        upper = top + row * height
        for x in (left + 20, (left + right) // 2 + 10):
            cv2.rectangle(grey, (x, upper + 20), (x + 70, upper + height - 15), shade + 50, 5)
            cv2.rectangle(grey, (x + 15, upper + 35), (x + 55, upper + height - 30), shade - 40, 4)
    cv2.circle(grey, (right - 14, (top + bottom) // 2), 9, 230.0, -1)


def _draw_seal(grey: Drawing) -> None:
    for y in (TOP + 110, TOP + 330):
        cv2.rectangle(grey, (LEFT - 5, y), (RIGHT + 5, y + 22), 235.0, -1)
        for x in range(LEFT, RIGHT, 30):
            cv2.line(grey, (x, y + 22), (x + 14, y), 40.0, 6)


def _draw_flat(grey: Drawing) -> None:
    """The dark inside of the flat: a wall in shadow, a window far away, a box."""
    cv2.rectangle(grey, (LEFT, TOP), (RIGHT, BOTTOM), 22.0, -1)
    cv2.rectangle(grey, (LEFT + 90, TOP + 60), (LEFT + 150, TOP + 170), 70.0, -1)
    cv2.line(grey, (LEFT, BOTTOM), (LEFT + 60, TOP + 300), 45.0, 6)
    cv2.rectangle(grey, (LEFT + 30, BOTTOM - 140), (LEFT + 90, BOTTOM - 40), 38.0, -1)


def _draw_person(grey: Drawing, x: int) -> None:
    cv2.circle(grey, (x, 230), 34, 190.0, -1)
    cv2.ellipse(grey, (x, 360), (62, 110), 0, 0, 360, 55.0, -1)
    for side in (-1, 1):
        cv2.line(grey, (x + side * 50, 300), (x + side * 75, 430), 60.0, 24)
        cv2.line(grey, (x + side * 22, 450), (x + side * 28, 650), 35.0, 38)


def _filmed(grey: Drawing, look: Look) -> Drawing:
    if look.shifted != (0, 0):
        move = np.array([[1, 0, look.shifted[0]], [0, 1, look.shifted[1]]], np.float32)
        moved = cv2.warpAffine(grey, move, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REFLECT)
        grey = np.asarray(moved, np.float32)
    if look.blurred:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), look.blurred), np.float32)
    if look.covered:
        grey = np.linspace(25, 35, WIDTH_PX, dtype=np.float32)[None].repeat(HEIGHT_PX, axis=0)
    return grey


def _lit(grey: Drawing, look: Look) -> Drawing:
    fall = np.linspace(1.0, 1.0 - look.lit_from, WIDTH_PX, dtype=np.float32)
    if look.infrared:
        y, x = np.mgrid[-1 : 1 : HEIGHT_PX * 1j, -1 : 1 : WIDTH_PX * 1j]
        fall = np.asarray(np.exp(-(x * x + y * y) / 1.2), np.float32)
    return np.asarray(grey * fall * np.float32(look.light), np.float32)
