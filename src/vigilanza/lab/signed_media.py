"""A recording as a camera with ONVIF Media Signing sends it: units between the pictures that tell who filmed them.

The form is that of the ONVIF Media Signing Specification 25.12: a "user data unregistered" SEI message (ITU-T H.264
D.1.6, H.265 D.2.7) with the UUID of media signing, before the first slice of a key frame. What a real camera's message
says, its certificates and the signature over the pictures before, is here filled with bytes of the same size: that it
arrives untouched is what can be tried with it, not whether it holds.
"""

import re
from pathlib import Path
from random import Random

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from vigilanza.domain.errors import RecordingError
from vigilanza.lab.footage import Footage

UUID = bytes.fromhex("005bc93f2d715e95ada4796f90877a6f")
CERTIFICATES_BYTES = 2600
"""With a chain of certificates a message is longer than a packet of RTP."""
_USER_DATA_UNREGISTERED = 5
_HEADERS = {"h264": b"\x06", "hevc": b"\x4e\x01"}


def signing_unit(codec: str, content: bytes) -> bytes:
    """A NAL unit with one such message, without start code."""
    payload = UUID + content
    size = b"\xff" * (len(payload) // 255) + bytes([len(payload) % 255])
    return _HEADERS[codec] + _escaped(bytes([_USER_DATA_UNREGISTERED]) + size + payload + b"\x80")


def sign_recording(path: Path, target: Path, *, random: Random) -> list[bytes]:
    """Write `target`, an MP4 with a unit in each group of pictures; the units, in order.

    RecordingError if the recording is neither H.264 nor H.265, or cannot be read or written.
    """
    units: list[bytes] = []
    try:
        with av.open(str(path)) as source, av.open(str(target), "w", format="mp4") as output:
            stream, codec = _video(source, path)
            copy = output.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if not packet.size:
                    continue
                data = bytes(packet)
                if packet.is_keyframe:
                    units.append(signing_unit(codec, random.randbytes(CERTIFICATES_BYTES)))
                    data = len(units[-1]).to_bytes(4, "big") + units[-1] + data
                signed = av.Packet(data)
                signed.stream, signed.time_base = copy, packet.time_base
                signed.pts, signed.dts, signed.is_keyframe = packet.pts, packet.dts, packet.is_keyframe
                output.mux(signed)
    except (av.FFmpegError, OSError) as error:
        raise RecordingError(f"{path.name}: {error}") from error
    return units


def signing_units(path: Path) -> list[bytes]:
    """The units of that kind in a recording, as they are there. RecordingError if it cannot be read."""
    footage = Footage.load(path)
    start = {"h264": 2, "hevc": 3}[footage.codec]

    def is_one(unit: bytes) -> bool:
        if not unit.startswith(_HEADERS[footage.codec] + bytes([_USER_DATA_UNREGISTERED])):
            return False
        return unit[start:].lstrip(b"\xff")[1:].startswith(UUID)

    return [unit for picture in footage.units for unit in picture.nals if is_one(unit)]


def _video(source: InputContainer, path: Path) -> tuple[VideoStream, str]:
    stream = next(iter(source.streams.video), None)
    if stream is None or stream.codec_context.name not in _HEADERS:
        raise RecordingError(f"{path.name}: only H.264 and H.265 are signed")
    return stream, stream.codec_context.name


def _escaped(data: bytes) -> bytes:
    """With a byte between two zeros and what would look like a start code (ITU-T H.264 7.4.1)."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", data)
