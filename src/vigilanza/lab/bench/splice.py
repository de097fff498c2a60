"""Recordings cut at key frames and put together anew, without re-encoding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from vigilanza.domain.errors import RecordingError


@dataclass(frozen=True, slots=True)
class Group:
    """A group of pictures: `start` and `end` in seconds of its recording; packets are (bytes, is key frame)."""

    start: float
    end: float
    packets: tuple[tuple[bytes, bool], ...]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.end - self.start


def groups_of(video: Path) -> list[Group]:
    """All groups of a recording whose pictures come evenly and in order. RecordingError if they do not."""
    packets: list[tuple[bytes, bool]] = []
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            packets += [(bytes(packet), packet.is_keyframe) for packet in container.demux(stream) if packet.size]
            reordered = bool(stream.codec_context.has_b_frames)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise RecordingError(f"{video}: {error}") from error
    starts = [number for number, (_, key) in enumerate(packets) if key]
    if not rate or reordered or not starts or starts[0]:
        raise RecordingError(f"{video}: cannot be cut: wants even pictures in order, the first of them a key frame")
    bounds = pairwise([*starts, len(packets)])
    return [Group(first / rate, last / rate, tuple(packets[first:last])) for first, last in bounds]


def write_spliced(template: Path, groups: Sequence[Group], target: Path) -> None:
    """Write `groups`, one after the other, as a stream like `template`, from which they are. RecordingError."""
    try:
        with av.open(str(template)) as source, av.open(str(target), "w") as output:
            likeness = source.streams.video[0]
            rate = Fraction(likeness.average_rate or 10)
            stream = output.add_stream_from_template(likeness)
            stream.time_base = 1 / rate
            for number, (data, is_keyframe) in enumerate(_packets(groups)):
                packet = av.Packet(data)
                packet.stream, packet.time_base, packet.is_keyframe = stream, 1 / rate, is_keyframe
                packet.pts = packet.dts = number
                packet.duration = 1
                output.mux(packet)
    except (av.FFmpegError, OSError) as error:
        raise RecordingError(f"{target}: {error}") from error


def _packets(groups: Sequence[Group]) -> Iterator[tuple[bytes, bool]]:
    for group in groups:
        yield from group.packets
