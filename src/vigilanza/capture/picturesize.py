"""How large the pictures of a stream are, where nobody announced it."""

import io

import av

from vigilanza.capture.packet import Packet


def size_px(key: Packet) -> tuple[int, int]:
    """Width and height, as announced, or else as a key frame with its parameter sets says; (0, 0) if nothing does."""
    format_ = key.format
    if format_.width_px and format_.height_px:
        return format_.width_px, format_.height_px
    try:
        with av.open(io.BytesIO(format_.extradata + key.data), "r", format=format_.codec) as container:
            for stream in container.streams.video:
                return stream.codec_context.width, stream.codec_context.height
    except (av.FFmpegError, ValueError):
        pass
    return 0, 0
