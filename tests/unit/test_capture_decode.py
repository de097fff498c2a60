import threading
from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.videos import number_in, video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.domain.errors import SourceRefused
from vigilanza.domain.frame import Frame

START = 1_795_000_000.0


def packets_of(codec: str = "h264", **shape: int | str | tuple[int, int]) -> list[Packet]:
    source = FileSource(path=video(codec, **shape), start_at=START)
    return list(source.packets(threading.Event()))


def decoded(decoder: Decoder, packets: list[Packet]) -> list[Frame]:
    return [frame for packet in packets for frame in decoder.frames(packet)] + decoder.flush()


@pytest.mark.parametrize("codec", ["h264", "hevc", "mjpeg"])
def test_pictures_come_out_as_they_were_drawn(codec: str) -> None:
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    container = "avi" if codec == "mjpeg" else "mp4"
    frames = decoded(Decoder(camera="c", rate_hz=100), packets_of(codec, pixels=pixels, container=container))
    assert [number_in(frame.luma) for frame in frames] == list(range(40))
    assert [frame.at for frame in frames] == pytest.approx([START + i / 10 for i in range(40)])
    assert {frame.camera for frame in frames} == {"c"}
    assert frames[0].size_px == (320, 180)
    assert frames[0].chroma.shape == (2, 90, 160)
    assert not frames[0].luma.flags.writeable
    assert abs(float(np.median(frames[5].chroma)) - 160) < 6


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_reordered_pictures_come_in_picture_order_with_exact_times(codec: str) -> None:
    packets = packets_of(codec, b_frames=2)
    assert [p.pts for p in packets] != sorted(p.pts for p in packets)
    frames = decoded(Decoder(camera="c", rate_hz=100), packets)
    assert [number_in(frame.luma) for frame in frames] == list(range(40))
    assert [frame.at for frame in frames] == [START + float(Fraction(i, 10)) for i in range(40)]


@pytest.mark.parametrize(("rate", "hz", "step"), [(10, 5, 2), (15, 5, 3), (10, 20, 1)])
def test_the_analysis_gets_every_nth_picture(rate: int, hz: int, step: int) -> None:
    frames = decoded(Decoder(camera="c", rate_hz=hz), packets_of(rate=rate))
    assert [number_in(frame.luma) for frame in frames] == list(range(0, 40, step))


def test_odd_sizes_and_other_pixel_formats_are_brought_to_ours() -> None:
    frames = decoded(Decoder(camera="c", rate_hz=10), packets_of(size=(322, 182), pixels="yuv444p"))
    assert frames[7].size_px == (322, 182)
    assert frames[7].chroma.shape == (2, 91, 161)
    assert number_in(frames[7].luma) == 7


def test_nothing_comes_before_the_first_key_frame() -> None:
    decoder = Decoder(camera="c", rate_hz=10)
    frames = decoded(decoder, packets_of()[3:])
    assert number_in(frames[0].luma) == 10


def test_a_change_of_format_in_the_stream_gets_a_new_codec() -> None:
    small, large = packets_of(b_frames=2), packets_of("hevc", size=(480, 270))
    later = [replace(packet, at=packet.at + 4.0) for packet in large]
    decoder = Decoder(camera="c", rate_hz=10)
    pictures = decoded(decoder, small + later[3:])
    assert [f.size_px for f in pictures] == [(320, 180)] * 40 + [(480, 270)] * 30
    assert [f.at for f in pictures] == sorted(f.at for f in pictures)
    assert decoder.decode_errors == 0


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_damaged_data_is_counted_and_never_raised(codec: str) -> None:
    random, decoder = Random(7), Decoder(camera="c", rate_hz=10)
    damaged = []
    for index, packet in enumerate(packets_of(codec)):
        data = bytearray(packet.data)
        if index % 3 == 1:
            data[6:] = random.randbytes(len(data) - 6)
        damaged.append(replace(packet, data=bytes(data)))
    frames = decoded(decoder, damaged)
    assert decoder.decode_errors + decoder.corrupt_frames > 0
    assert [f.at for f in frames] == sorted(f.at for f in frames)
    assert decoded(decoder, packets_of(codec))


def test_time_never_steps_back_within_a_connection() -> None:
    packets = packets_of()
    packets[20] = replace(packets[20], at=START)
    frames = decoded(Decoder(camera="c", rate_hz=100), packets)
    assert [f.at for f in frames] == sorted(f.at for f in frames)


def test_a_new_connection_may_begin_earlier_and_begins_with_a_picture() -> None:
    decoder = Decoder(camera="c", rate_hz=5)
    first = decoded(decoder, packets_of())
    decoder.reset()
    assert [f.at for f in decoded(decoder, packets_of())] == [f.at for f in first]


def test_a_decoder_for_an_unknown_codec_is_refused() -> None:
    packet = Packet(b"x", START, None, 0, 0, Fraction(1, 10), True, StreamFormat("nobody_knows", 0, 0, b""))
    with pytest.raises(SourceRefused, match="nobody_knows"):
        Decoder(camera="c", rate_hz=5).frames(packet)


def test_what_is_made_of_a_damaged_picture_is_not_shown_until_the_next_key_frame() -> None:
    decoder, some = Decoder(camera="c", rate_hz=100), packets_of()
    some[13] = replace(some[13], data=some[13].data[:12] + Random(5).randbytes(len(some[13].data) - 12))
    shown = [number_in(frame.luma) for frame in decoded(decoder, some)]
    assert shown[:13] == list(range(13))
    assert shown[13:] == list(range(20, 40)), "a key frame is every tenth"
    assert decoder.corrupt_frames + decoder.decode_errors >= 7
