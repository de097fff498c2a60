"""Draws on a picture what a pipeline believes: doors in the colour of their phase, people, hands, and the reasons."""

import textwrap
from collections.abc import Sequence

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vigilanza.capture.mask import masked_i420
from vigilanza.detect.belief import Belief
from vigilanza.domain.door import Door, Polygon
from vigilanza.domain.events import Event, Phase
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.observation import Fact
from vigilanza.domain.sentence import by_the_clip, sentence
from vigilanza.lab.explanation import explain_door, explain_view

Drawing = NDArray[np.uint8]
Colour = tuple[int, int, int]

SENTENCE_S = 3.0
"""An event's sentence stays in the picture for this long."""
WIDE_PX = 960
"""Smaller pictures are drawn twice as large, so that the text can be read."""
LINES_PER_DOOR = 5
LINE_PX, LETTER_PX, SIZE = 20, 7.5, 0.45
PHASES: dict[Phase, Colour] = {
    Phase.QUIET: (170, 170, 170),
    Phase.ATTENTION: (60, 210, 240),
    Phase.SUSPECTED: (0, 140, 255),
    Phase.FORCED: (40, 40, 235),
    Phase.ENTERED: (200, 40, 220),
    Phase.CLOSED: (170, 170, 170),
}
"""Blue, green, red."""
WHITE, BLACK, GREEN = (245, 245, 245), (0, 0, 0), (90, 230, 90)


class Annotator:
    """Draws the pictures of one recording, in order; `start_at` is when its first one was taken."""

    def __init__(self, *, doors: Sequence[Door], masks: Sequence[Polygon], policy: Policy, start_at: float) -> None:
        """What `masks` (0..1 of the picture) cover is black before anything is drawn."""
        self._doors = {door.id: door for door in doors}
        self._masks, self._policy, self._start_at = tuple(masks), policy, start_at
        self._told: list[tuple[float, str]] = []

    def draw(self, frame: Frame, events: Sequence[Event], belief: Belief) -> Drawing:
        """(H, W, 3) BGR, H and W even and the same for frames of one size; `events` are those of this picture."""
        timing = by_the_clip(self._start_at)
        self._told = [(at, told) for at, told in self._told if frame.at - at < SENTENCE_S]
        self._told += [(frame.at, f"{event.kind.value}: {sentence(event, 'en', timing)}") for event in events]
        picture = _coloured(frame, self._masks)
        self._draw_doors(picture, belief)
        for seen in belief.seen:
            if seen.kind is Fact.PERSON:
                _outline(picture, seen.region, GREEN, thickness=1)
            elif seen.kind is Fact.HAND_ON_LEAF:
                _dots(picture, seen.region)
        _write(picture, [told for _, told in self._told], WHITE)
        return np.concatenate([picture, self._panel(belief, picture.shape[1], frame.at)])

    def _draw_doors(self, picture: Drawing, belief: Belief) -> None:
        for incident in belief.incidents:
            door, colour = self._doors[incident.door], PHASES[incident.phase]
            _outline(picture, door.leaf, colour, thickness=2)
            if door.floor:
                _outline(picture, door.floor, colour, thickness=1)

    def _panel(self, belief: Belief, width_px: int, at: float) -> Drawing:
        """The reasons, below the picture."""
        lines: list[tuple[str, Colour]] = [(f"{at - self._start_at:6.1f} s  {explain_view(belief)}", WHITE)]
        for incident in belief.incidents:
            first, *more = explain_door(belief, incident, self._policy)
            told = [f"{incident.door}  {first}", *(f"    {line}" for line in more)]
            wrapped = [part for line in told for part in _wrapped(line, width_px)]
            lines += [(line, PHASES[incident.phase]) for line in wrapped[:LINES_PER_DOOR]]
        rows = 1 + LINES_PER_DOOR * len(belief.incidents)
        panel = np.zeros(((rows + 1) * LINE_PX, width_px, 3), np.uint8)
        for row, (line, colour) in enumerate(lines):
            _put(panel, line, row, colour)
        return panel


def _coloured(frame: Frame, masks: Sequence[Polygon]) -> Drawing:
    """The masked picture as BGR, large enough to write on."""
    width, height = (side // 2 * 2 for side in frame.size_px)
    planes = [frame.luma[:height, :width], *frame.chroma[:, : height // 2, : width // 2]]
    i420 = np.concatenate([np.ascontiguousarray(plane).reshape(-1) for plane in planes])
    plain = VideoFrame.from_ndarray(i420.reshape(height * 3 // 2, width), format="yuv420p")
    picture = cv2.cvtColor(masked_i420(plain, masks), cv2.COLOR_YUV2BGR_I420)
    if width < WIDE_PX:
        picture = cv2.resize(picture, (width * 2, height * 2), interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture, np.uint8)


def _outline(picture: Drawing, polygon: Polygon, colour: Colour, *, thickness: int) -> None:
    cv2.polylines(picture, [_pixels(picture, polygon)], True, colour, thickness, cv2.LINE_AA)


def _dots(picture: Drawing, points: Polygon) -> None:
    for x, y in _pixels(picture, points).tolist():
        cv2.circle(picture, (x, y), 6, WHITE, 2, cv2.LINE_AA)


def _pixels(picture: Drawing, polygon: Polygon) -> NDArray[np.int32]:
    height, width = picture.shape[:2]
    return np.array([(round(x * width), round(y * height)) for x, y in polygon], np.int32).reshape(-1, 2)


def _write(picture: Drawing, texts: Sequence[str], colour: Colour) -> None:
    """At the top of the picture, on black, wrapped to its width."""
    lines = [line for text in texts for line in _wrapped(text, picture.shape[1])]
    if lines:
        picture[: len(lines) * LINE_PX + 8] //= 4
    for row, line in enumerate(lines):
        _put(picture, line, row, colour)


def _wrapped(text: str, width_px: int) -> list[str]:
    return textwrap.wrap(text, int(width_px / LETTER_PX), subsequent_indent="        ")


def _put(picture: Drawing, text: str, row: int, colour: Colour) -> None:
    """The drawn letters know no accents."""
    plain = text.encode("ascii", "replace").decode()
    place = (8, (row + 1) * LINE_PX - 4)
    cv2.putText(picture, plain, place, cv2.FONT_HERSHEY_SIMPLEX, SIZE, colour, 1, cv2.LINE_AA)
