"""What a camera sent, as a file: nothing is hidden, so it never touches the disk unless encrypted."""

import io
from collections.abc import Iterator
from itertools import groupby

import av

from vigilanza.capture.clip import remux
from vigilanza.capture.ring import Recording
from vigilanza.domain.errors import RecordingError


def originals(recording: Recording) -> Iterator[tuple[Recording, bytes]]:
    """MP4s with the camera's own bytes, each with the piece it holds: one, or more if the stream changed its format.

    RecordingError if a piece cannot be read.
    """
    for _, packets in groupby(recording.packets, key=lambda packet: packet.format):
        piece, content = Recording(tuple(packets)), io.BytesIO()
        try:
            with av.open(content, "w", format="mp4") as output:
                remux(piece, output)
        except av.FFmpegError as error:
            raise RecordingError(f"the original cannot be written: {error}") from error
        yield piece, content.getvalue()
