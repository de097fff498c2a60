import threading
from dataclasses import replace

import pytest

from tests.videos import video
from vigilanza.capture.file import FileSource
from vigilanza.capture.gop import GopMeter, is_open
from vigilanza.capture.packet import Packet


def packets(codec: str = "h264", *, gop: int = 10, frames: int = 40, open_groups: bool = False) -> list[Packet]:
    source = FileSource(path=video(codec, gop=gop, frames=frames, open_groups=open_groups), start_at=0.0)
    return list(source.packets(threading.Event()))


def measured(some: list[Packet]) -> GopMeter:
    meter = GopMeter()
    for packet in some:
        meter.measure(packet)
    return meter


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_group_is_as_long_as_from_one_key_frame_to_the_next(codec: str) -> None:
    meter = measured(packets(codec, gop=15))
    assert meter.measured
    assert meter.seconds == pytest.approx(1.5)
    assert meter.rate_hz == pytest.approx(10.0)
    assert meter.complaint is None


def test_what_a_stream_takes_is_told_of_its_last_whole_group() -> None:
    some = packets(gop=10, frames=30)
    expected = sum(len(packet.data) for packet in some[10:20]) * 8e-3
    assert measured(some).kilobits == pytest.approx(expected)
    assert measured(some[:10]).kilobits == 0.0


def test_before_the_first_group_has_ended_nothing_is_measured() -> None:
    meter = measured(packets(gop=15)[:15])
    assert not meter.measured
    assert meter.complaint is None


def test_a_long_group_is_complained_of_before_it_ends() -> None:
    meter = measured(packets(gop=300, frames=60))
    assert not meter.measured
    assert meter.complaint is not None
    assert "I-frame interval" in meter.complaint


def test_a_camera_that_is_set_right_is_complained_of_no_more() -> None:
    long, short = packets(gop=300, frames=60), packets(gop=10, frames=80)
    meter = measured([*long, *(replace(packet, at=packet.at + 6.0) for packet in short)])
    assert meter.complaint is None


def test_a_new_connection_is_measured_anew() -> None:
    meter = measured(packets(gop=300, frames=60))
    meter.reset()
    assert meter.complaint is None
    assert meter.seconds == 0.0


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("open_groups", [True, False])
def test_open_groups_are_told_from_closed_ones(codec: str, open_groups: bool) -> None:
    some = packets(codec, open_groups=open_groups)
    keys = [packet for packet in some if packet.is_keyframe][1:]
    assert keys
    assert {is_open(packet) for packet in keys} == {open_groups}
    assert ("closed GOP" in (measured(some).complaint or "")) == open_groups


def test_motion_jpeg_has_no_groups() -> None:
    source = FileSource(path=video("mjpeg", pixels="yuvj420p", container="avi"), start_at=0.0)
    assert measured(list(source.packets(threading.Event()))).complaint is None
