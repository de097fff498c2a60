"""Packets as FFmpeg reads them, and nothing left behind."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import cast

import av
from av.container import InputContainer
from av.video.stream import VideoStream


def demuxed(container: InputContainer, stream: VideoStream) -> "Iterator[av.Packet[VideoStream]]":
    """`container.demux(stream)`, which ends when nobody wants more of it.

    PyAV's own (18.1) does not when it is let go half-way, as with each connection that is lost: what it reads into
    stays, 170 bytes that lie in the way of all that is freed around them.
    """
    packets = cast("Generator[av.Packet[VideoStream]]", container.demux(stream))
    with closing(packets):
        yield from packets
