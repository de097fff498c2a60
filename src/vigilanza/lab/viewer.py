"""One viewer of a simulated camera: what it is sent, with the faults of the moment."""

from dataclasses import dataclass, field
from random import Random

from vigilanza.bridge.rtsp.rtp import CLOCK_HZ, RtpSender
from vigilanza.lab.faults import Faults
from vigilanza.lab.footage import AccessUnit
from vigilanza.lab.rtsp import SOUND, Send
from vigilanza.lab.sound import Sound

_REPORT_EVERY = 2.0
_RTP_HEADER_BYTES = 12
_INTACT_BYTES = 32
"""RTP header and the first bytes of the payload, so that only the picture suffers."""


@dataclass(slots=True)
class Viewer:
    """Sends access units to one client. `still` is the picture shown while the encoder hangs; `sound`: what is heard
    goes with them.
    """

    sender: RtpSender
    send: Send
    faults: Faults
    still: AccessUnit | None = None
    sound: Sound | None = None
    random: Random = field(default_factory=lambda: Random(0))
    _reported: float = float("-inf")
    _began: float | None = None

    def give(self, unit: AccessUnit, *, due: float, at: float, zero_utc: float) -> None:
        """Send the unit that is `due` (camera's monotonic clock), `at` seconds after second 0, which was `zero_utc`."""
        faults = self.faults
        if not faults.hang and unit.is_keyframe:
            self.still = unit
        if faults.freeze or faults.half_open or (faults.headless and unit.is_keyframe):
            return
        stamped = at + faults.stamp_jump
        if not faults.no_rtcp and due - self._reported >= _REPORT_EVERY:
            self._reported = due
            self.send(1, self.sender.report(_ticks(stamped), zero_utc + at + faults.clock_skew))
        shown = self.still if faults.hang and self.still is not None else unit
        for packet in self.sender.packets(shown.nals, _ticks(stamped)):
            if self.random.random() >= faults.loss:
                self.send(0, self._spoil(packet))
        self._began = due if self._began is None else self._began
        for packet in self.sound.packets(due - self._began) if self.sound else ():
            self.send(SOUND, packet)

    def _spoil(self, packet: bytes) -> bytes:
        kept = _RTP_HEADER_BYTES if self.faults.nonsense else _INTACT_BYTES
        spoilt = self.faults.nonsense or self.random.random() < self.faults.corrupt
        return packet[:kept] + self.random.randbytes(len(packet) - kept) if spoilt and len(packet) > kept else packet


def _ticks(seconds: float) -> int:
    return round(seconds * CLOCK_HZ)
