"""What each camera sees now, as JPEG, masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilanza.capture.clip import still
from vigilanza.capture.ring import Recording
from vigilanza.capture.sight import Sight
from vigilanza.capture.tap_client import newest_key
from vigilanza.capture.tap_wire import small
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import NoPictures, RecordingError

FRESH_S = 1.0
"""Who asks again within this time gets the same picture, unless something else must be black in it by now: cameras give
a key frame every second or two.
"""


@dataclass(frozen=True, slots=True)
class Still:
    """`at`: when it was taken, UTC in Unix seconds."""

    at: float
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """A still, when it was made (Clock.monotonic()), and what was black in it besides the masks."""

    made_at: float
    hidden: tuple[Polygon, ...]
    still: Still

    def does_for(self, sight: Sight, now: float) -> bool:
        return self.hidden == sight.hidden and (self.still.at == sight.packet.at or now - self.made_at < FRESH_S)


class NewestStills:
    """Of each camera the last picture is kept, in memory. Any thread may ask."""

    def __init__(
        self,
        *,
        cameras: Sequence[Camera],
        taps: Mapping[str, Path],
        clock: Clock,
        width_px: int | None = None,
        small_ones: bool = False,
    ) -> None:
        """`width_px`: wider ones are made smaller; `small_ones`: of the small streams, of cameras that have one."""
        self._cameras = {camera.id: camera for camera in cameras}
        self._taps, self._clock, self._width_px, self._small_ones = taps, clock, width_px, small_ones
        self._kept: dict[str, _Kept] = {}

    def of(self, camera: str) -> Still:
        """NoPictures if there is none now."""
        if camera not in self._cameras:
            raise NoPictures("there is no such camera")
        one, kept = self._cameras[camera], self._kept.get(camera)
        stream = small(camera) if self._small_ones and one.substream is not None else camera
        sight, now = newest_key(self._taps[camera], stream, clock=self._clock), self._clock.monotonic()
        if kept is not None and kept.does_for(sight, now):
            return kept.still
        made = self._make(sight, one.masks)
        self._kept[camera] = _Kept(now, sight.hidden, made)
        return made

    def _make(self, sight: Sight, masks: Sequence[Polygon]) -> Still:
        packet, black = sight.packet, (*masks, *sight.hidden)
        try:
            return Still(packet.at, still(Recording((packet,)), packet.at, black, width_px=self._width_px))
        except RecordingError as error:
            raise NoPictures(str(error)) from error
