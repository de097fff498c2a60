"""Shows a live stream as the camera sent it, or behind a veil while something in it must be black."""

from collections.abc import Callable, Sequence

from vigilanza.capture.packet import Packet
from vigilanza.capture.sight import Sight
from vigilanza.capture.veil import Veil
from vigilanza.domain.door import Polygon

SENT_AS_THEY_ARE = ("h264", "hevc")
HELD_MAX_BYTES = 32_000_000
"""Of a group that is larger the rest is left out when something must be hidden, up to the next key frame."""


class Curtain:
    """Takes one stream's sights in decoding order, gives packets. It is drawn at once, and opened at a key frame.

    Drawn in the middle of a group of pictures, it goes on with the next picture: what was shown before is decoded anew
    for that, and nothing comes meanwhile. What the veil gives begins with a key frame, as does what follows it.
    """

    def __init__(self, masks: Sequence[Polygon], *, on_draw: Callable[[], None]) -> None:
        """`masks`: always black; `on_draw` is called before it is drawn: what still waits may show too much."""
        self._masks, self._on_draw = tuple(masks), on_draw
        self._hidden = self._masks
        self._veil: Veil | None = None
        self._group: list[Packet] = []
        self._group_bytes = 0
        self.pictures = self.spoilt = 0
        """Encoded; and left out because they were damaged."""

    @property
    def drawn(self) -> bool:
        """Whether what it gives is encoded anew."""
        return self._veil is not None

    def packets(self, sight: Sight) -> list[Packet]:
        """What this completes. See Veil."""
        packet, hidden = sight.packet, self._hidden_in(sight)
        if packet.is_keyframe:
            self._group, self._group_bytes = [], 0
        if not hidden and packet.format.codec in SENT_AS_THEY_ARE:
            self._veil = None
            self._hold(packet)
            return [packet]
        veil = self._veil or self._draw()
        pictures, spoilt = veil.pictures, veil.spoilt
        given = veil.packets(packet, hidden)
        self.pictures += veil.pictures - pictures
        self.spoilt += veil.spoilt - spoilt
        return given

    def _hidden_in(self, sight: Sight) -> tuple[Polygon, ...]:
        """It becomes less at key frames only: out of a decoder pictures come later than they went in."""
        wanted = (*self._masks, *sight.hidden)
        kept = () if sight.packet.is_keyframe else self._hidden
        self._hidden = tuple(dict.fromkeys((*kept, *wanted)))
        return self._hidden

    def _hold(self, packet: Packet) -> None:
        """For a curtain that is drawn before the next key frame."""
        self._group.append(packet)
        self._group_bytes += len(packet.data)
        if self._group_bytes > HELD_MAX_BYTES:
            self._group = []

    def _draw(self) -> Veil:
        self._on_draw()
        self._veil = veil = Veil()
        for packet in self._group:
            veil.follow(packet)
        self._group, self._group_bytes = [], 0
        return veil
