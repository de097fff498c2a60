"""A player made of GStreamer: somebody else's RTSP client, run by Debian's own Python, which has its bindings.

    /usr/bin/python3 gst_player.py URL USER PASSWORD PICTURES

Takes PICTURES pictures, says `codec COUNT`, and ends; with 1 and the reason if it cannot.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402 - the version is chosen first

DEPAYLOADERS = {"H264": "rtph264depay ! h264parse", "H265": "rtph265depay ! h265parse"}


def main(url: str, user: str, password: str, pictures: str) -> int:
    """The exit code."""
    Gst.init(None)
    codec = "H265" if "hevc" in url else "H264"
    parse = f"{DEPAYLOADERS[codec]} ! video/x-{codec.lower()},alignment=au"
    sink = f"fakesink name=sink num-buffers={pictures} sync=false"
    pipeline = Gst.parse_launch(f'rtspsrc name=source location="{url}" latency=0 ! {parse} ! {sink}')
    source = pipeline.get_by_name("source")
    source.set_property("user-id", user)
    source.set_property("user-pw", password)
    pipeline.set_state(Gst.State.PLAYING)
    ends = Gst.MessageType.EOS | Gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(20 * Gst.SECOND, ends)
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type == Gst.MessageType.ERROR:
        print(message.parse_error() if message else "no end", file=sys.stderr)
        return 1
    print(codec.lower(), pictures)
    return 0


sys.exit(main(*sys.argv[1:]))
