"""A live stream in fragments: a reader gets every picture, at its time, without a byte of it changed."""

import io
import threading
from collections.abc import Sequence
from dataclasses import replace

import av
import numpy as np
import pytest
from av.container import InputContainer

from tests.videos import number_in, video
from vigilanza.capture.file import FileSource
from vigilanza.capture.fragments import START, TICKS, Fragments
from vigilanza.capture.packet import Packet
from vigilanza.domain.errors import NoPictures, NotPlayable


def packets(codec: str = "h264", *, b_frames: int = 0) -> list[Packet]:
    return list(FileSource(path=video(codec, b_frames=b_frames), start_at=0.0).packets(threading.Event()))


def joined(fragments: Fragments, sent: Sequence[Packet], *, begin: int = START) -> bytes:
    """Head and fragments of all but the last picture; the first is shown at `begin`."""
    first = sent[0].seconds
    return fragments.head + b"".join(fragments.of(one, begin + round((one.seconds - first) * TICKS)) for one in sent)


def shown(data: bytes) -> list[tuple[int, float]]:
    """(number, second) of all pictures."""
    with av.open(io.BytesIO(data)) as container:
        assert isinstance(container, InputContainer)
        frames = list(container.decode(video=0))
    pictures = [(np.asarray(one.to_ndarray(format="yuv420p")[: one.height], np.uint8), one.time) for one in frames]
    return [(number_in(luma), float(second or 0.0)) for luma, second in pictures]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_picture_comes_at_the_time_that_is_told(b_frames: int) -> None:
    sent = packets(b_frames=b_frames)
    fragments = Fragments(sent[0])
    got = shown(joined(fragments, sent))[: len(sent) - 1 - b_frames]  # the last ones wait for what comes after them
    assert [number for number, _ in got] == list(range(len(sent) - 1 - b_frames))
    for number, second in got:
        assert second == pytest.approx(fragments.seconds(START + round(number * TICKS / 10)), abs=0.001)
    assert fragments.mime.startswith('video/mp4; codecs="avc1.')


def test_a_hole_is_shown_as_one_long_picture() -> None:
    sent = packets()
    fragments = Fragments(sent[0])
    got = shown(joined(fragments, [*sent[:5], *sent[20:]]))
    assert [number for number, _ in got[:7]] == [0, 1, 2, 3, 4, 20, 21]


def test_what_browsers_do_not_play_is_refused() -> None:
    with pytest.raises(NotPlayable, match="hevc"):
        Fragments(packets("hevc")[0])
    broken = replace(packets()[0], data=b"\0\0\0\1\x65nothing", format=replace(packets()[0].format, extradata=b""))
    with pytest.raises(NoPictures):
        Fragments(broken)
