"""The beginning of a rendered recording, where a test needs no more of it."""

import json
from pathlib import Path
from typing import Any

import av

from tests.commands import VIDEOS, truth_of


def cut(clip: str, folder: Path, seconds: float) -> Path:
    """The first `seconds` of a recording, its own bytes, in `folder`."""
    part = folder / f"{clip}.mp4"
    with av.open(str(VIDEOS / f"{clip}.mp4")) as source, av.open(str(part), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None and packet.dts * packet.time_base < seconds:
                packet.stream = stream
                target.mux(packet)
    return part


def cut_with_truth(clip: str, folder: Path, seconds: float, **changes: Any) -> None:
    """The same with its truth beside it, as it is but for the duration and `changes`."""
    cut(clip, folder, seconds)
    truth = truth_of(clip) | {"duration": seconds} | changes
    (folder / f"{clip}.json").write_text(json.dumps(truth), encoding="utf-8")
