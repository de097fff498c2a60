"""What a stream really sends, whatever its camera says."""

import threading
from dataclasses import dataclass

from vigilanza.capture.gop import GopMeter
from vigilanza.capture.packet import Packet
from vigilanza.capture.source import Source
from vigilanza.domain.errors import SourceUnavailable

_CODECS = {"h264": "H.264", "hevc": "H.265"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Of some seconds of a stream. `gop`: seconds from key frame to key frame, None if none ended in that time.

    `complaint`: what is wrong with how its pictures are grouped, and what to set; None if nothing is known to be.
    """

    codec: str
    width_px: int
    height_px: int
    fps: float
    bitrate_kbps: float
    gop: float | None
    complaint: str | None


def measure(source: Source, *, seconds: float) -> Measurement:
    """Read that many seconds of pictures. Raises as Source.packets does, also where too few pictures come."""
    stop, meter = threading.Event(), GopMeter()
    first: Packet | None = None
    last: Packet | None = None
    count = size_bytes = 0
    for packet in source.packets(stop):
        meter.measure(packet)
        first, last = first or packet, packet
        if packet.at - first.at >= seconds:
            stop.set()
        else:
            count, size_bytes = count + 1, size_bytes + len(packet.data)
    if first is None or last is None or last.at <= first.at:
        raise SourceUnavailable("hardly a picture came")
    elapsed, format_ = last.at - first.at, last.format
    return Measurement(
        codec=_CODECS.get(format_.codec, format_.codec),
        width_px=format_.width_px,
        height_px=format_.height_px,
        fps=count / elapsed,
        bitrate_kbps=size_bytes * 8 / 1000 / elapsed,
        gop=meter.seconds if meter.measured else None,
        complaint=meter.complaint,
    )
