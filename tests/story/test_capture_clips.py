"""Clips that people can play, and that show nothing that must stay hidden."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext
from numpy.typing import NDArray

from tests.videos import number_in, video
from vigilanza.capture.clip import covered_still, still, write_clip
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.mask import Cover
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing, Recording
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.simcam import CameraServer

START = 1_795_000_000.0
MASK: Polygon = ((0.5, 0.4), (0.9, 0.4), (0.9, 0.9), (0.5, 0.9))
INSIDE = np.s_[72:162, 160:288]


def recording(codec: str = "h264", *, b_frames: int = 0, start_at: float = START) -> Recording:
    ring = GopRing(seconds=60, max_bytes=10**7)
    for packet in FileSource(path=video(codec, b_frames=b_frames), start_at=start_at).packets(threading.Event()):
        ring.append(packet)
    return ring.recording(start_at, start_at + 60)


def joined(*pieces: Sequence[Packet]) -> Recording:
    return Recording(tuple(packet for piece in pieces for packet in piece))


def shown(path: Path) -> list[tuple[float, NDArray[np.uint8], NDArray[np.uint8]]]:
    """(seconds, luma, chroma) of all pictures in a file; its only stream is video."""
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        return [
            (picture.time, array[:180], array[180:])
            for picture in container.decode(video=0)
            for array in [np.asarray(picture.to_ndarray(format="yuv420p"), np.uint8)]
        ]


def payload(path: Path) -> list[bytes]:
    """The packets of a file as Annex B."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        name = "h264_mp4toannexb" if stream.codec_context.name == "h264" else "hevc_mp4toannexb"
        to_annex_b = BitStreamFilterContext(name, stream)
        return [bytes(out) for packet in container.demux(stream) if packet.size for out in to_annex_b.filter(packet)]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_an_unmasked_clip_is_the_cameras_own_bytes(tmp_path: Path, codec: str, b_frames: int) -> None:
    whole = recording(codec, b_frames=b_frames)
    clip = write_clip(whole, tmp_path / "clip.mp4", ())
    assert (clip.frames, clip.reencoded) == (40, False)
    assert clip.start == START
    assert clip.end == pytest.approx(START + 3.9)
    pictures = shown(tmp_path / "clip.mp4")
    assert [number_in(luma) for _, luma, _ in pictures] == list(range(40))
    assert [at - pictures[0][0] for at, _, _ in pictures] == pytest.approx([i / 10 for i in range(40)], abs=0.001)
    written = payload(tmp_path / "clip.mp4")
    for packet, kept in zip(whole.packets, written, strict=True):
        assert packet.data[-200:] == kept[-200:]
        assert packet.is_keyframe or packet.data.lstrip(b"\0") == kept.lstrip(b"\0")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_clip_can_be_played_before_it_is_loaded(tmp_path: Path) -> None:
    write_clip(recording(), tmp_path / "clip.mp4", ())
    data = (tmp_path / "clip.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_masked_clip_is_black_inside_and_unchanged_outside(tmp_path: Path, codec: str) -> None:
    clip = write_clip(recording(codec, b_frames=2), tmp_path / "clip.mp4", [MASK])
    assert (clip.frames, clip.reencoded) == (40, True)
    pictures = shown(tmp_path / "clip.mp4")
    assert [number_in(luma) for _, luma, _ in pictures] == list(range(40))
    assert [at - pictures[0][0] for at, _, _ in pictures] == pytest.approx([i / 10 for i in range(40)], abs=0.001)
    for _, luma, chroma in pictures:
        assert int(luma[INSIDE].max()) < 26
        assert float(np.median(luma[100:, :140])) == pytest.approx(90, abs=4)
        planes = chroma.reshape(2, 90, 160)
        assert float(np.abs(planes[:, 36:81, 80:144].astype(int) - 128).max()) < 8
        assert float(np.median(planes[:, :30])) == pytest.approx(160, abs=4)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_cover_is_black_while_it_holds_and_not_before_or_after(tmp_path: Path, codec: str) -> None:
    cover = Cover(MASK, START + 1.25, START + 2.75)
    clip = write_clip(recording(codec, b_frames=2), tmp_path / "clip.mp4", (), [cover])
    assert (clip.frames, clip.reencoded, clip.covered) == (40, True, True)
    pictures = shown(tmp_path / "clip.mp4")
    assert [number_in(luma) for _, luma, _ in pictures] == list(range(40))
    for number, (_, luma, chroma) in enumerate(pictures):
        inside = chroma.reshape(2, 90, 160)[:, 36:81, 80:144].astype(int)
        if 13 <= number <= 27:
            assert int(luma[INSIDE].max()) < 26
            assert float(np.abs(inside - 128).max()) < 8
        else:
            assert float(np.median(luma[INSIDE])) == pytest.approx(90, abs=4)
            assert float(np.median(inside)) == pytest.approx(160, abs=4)
        assert float(np.median(luma[100:, :140])) == pytest.approx(90, abs=4)


def test_a_cover_of_another_time_leaves_the_cameras_own_bytes(tmp_path: Path) -> None:
    write_clip(recording(), tmp_path / "plain.mp4", ())
    others = [Cover(MASK, START - 9.0, START - 0.1), Cover(MASK, START + 4.0, float("inf"))]
    clip = write_clip(recording(), tmp_path / "clip.mp4", (), others)
    assert (clip.reencoded, clip.covered) == (False, False)
    assert (tmp_path / "clip.mp4").read_bytes() == (tmp_path / "plain.mp4").read_bytes()


def test_a_still_is_covered_by_what_holds_when_its_picture_was_taken() -> None:
    cover = Cover(MASK, START + 1.25, START + 2.75)
    for at, covered in [(START + 1.21, False), (START + 1.33, True), (START + 2.72, True), (START + 2.81, False)]:
        taken = covered_still(recording(), at, (), [cover])
        jpeg = cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert jpeg is not None
        assert taken.covered is covered
        assert (int(np.asarray(jpeg)[INSIDE].max()) < 20) is covered


def test_a_still_is_the_nearest_picture_with_the_mask_burnt_in() -> None:
    whole = recording()
    for at, number in [(START + 1.74, 17), (START + 2.46, 25), (START - 5, 0), (START + 50, 39)]:
        jpeg = cv2.imdecode(np.frombuffer(still(whole, at, [MASK]), np.uint8), cv2.IMREAD_GRAYSCALE)
        assert jpeg is not None
        picture = np.asarray(jpeg, np.uint8)
        assert number_in(picture) == number
        assert int(picture[INSIDE].max()) < 20


def test_a_clip_over_a_reconnection_keeps_the_gap_as_time(tmp_path: Path) -> None:
    before, after = recording(), recording(start_at=START + 10.0)
    clip = write_clip(joined(before.packets, after.packets), tmp_path / "clip.mp4", ())
    assert (clip.frames, clip.reencoded) == (80, False)
    times = [at for at, _, _ in shown(tmp_path / "clip.mp4")]
    assert times[40] - times[0] == pytest.approx(10.0, abs=0.01)
    assert times[79] - times[0] == pytest.approx(13.9, abs=0.01)


def test_a_clip_over_a_change_of_format_is_encoded_anew(tmp_path: Path) -> None:
    later = recording("hevc", start_at=START + 4.0)
    clip = write_clip(joined(recording().packets, later.packets), tmp_path / "clip.mp4", ())
    assert (clip.frames, clip.reencoded) == (80, True)
    assert [number_in(luma) for _, luma, _ in shown(tmp_path / "clip.mp4")] == [*range(40), *range(40)]


def test_a_clip_of_a_camera_that_speaks_another_codec_is_encoded_anew(tmp_path: Path) -> None:
    path = video("mjpeg", pixels="yuvj420p", container="avi")
    packets = tuple(FileSource(path=path, start_at=START).packets(threading.Event()))
    clip = write_clip(Recording(packets), tmp_path / "clip.mp4", ())
    assert (clip.frames, clip.reencoded) == (40, True)
    assert [number_in(luma) for _, luma, _ in shown(tmp_path / "clip.mp4")] == list(range(40))


def test_a_clip_for_browsers_is_h264_and_kept_as_it_is_where_it_already_was(tmp_path: Path) -> None:
    assert write_clip(recording("hevc"), tmp_path / "hevc.mp4", (), for_browsers=True).reencoded
    assert not write_clip(recording("h264"), tmp_path / "h264.mp4", (), for_browsers=True).reencoded
    for name in ("hevc.mp4", "h264.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert container.streams.video[0].codec_context.name == "h264"


def test_a_damaged_picture_does_not_cost_the_clip(tmp_path: Path) -> None:
    packets = list(recording().packets)
    packets[5] = replace(packets[5], data=packets[5].data[:12] + b"\xff" * 40)
    assert write_clip(Recording(tuple(packets)), tmp_path / "plain.mp4", ()).frames == 40
    assert write_clip(Recording(tuple(packets)), tmp_path / "masked.mp4", [MASK]).frames >= 34


def test_a_damaged_first_picture_does_not_cost_the_clip(tmp_path: Path) -> None:
    packets = list(recording().packets)
    packets[0] = replace(packets[0], data=b"\0\0\0\1\x65rubbish")
    write_clip(Recording(tuple(packets)), tmp_path / "plain.mp4", ())
    decoder, source = Decoder(camera="c", rate_hz=100), FileSource(path=tmp_path / "plain.mp4", start_at=START)
    frames = [frame for packet in source.packets(threading.Event()) for frame in decoder.frames(packet)]
    assert [number_in(frame.luma) for frame in frames][-30:] == list(range(10, 40))


def test_where_there_is_nothing_there_is_an_error_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        write_clip(Recording(()), tmp_path / "clip.mp4", ())
    with pytest.raises(RecordingError):
        still(Recording(()), START, ())
    rubbish = tuple(replace(packet, data=b"\0\0\0\1\x65rubbish") for packet in recording().packets)
    for masks in ((), (MASK,)):
        with pytest.raises(RecordingError):
            write_clip(Recording(rubbish), tmp_path / "clip.mp4", masks)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_clip_from_a_live_camera_plays(tmp_path: Path, codec: str) -> None:
    clock, stop = SystemClock(), threading.Event()
    ring = GopRing(seconds=60, max_bytes=10**7)
    with CameraServer({"/main": video(codec, rate=20, b_frames=2)}, clock=clock) as server:
        for packet in RtspSource(url=server.url("/main"), user=None, password=None, clock=clock).packets(stop):
            ring.append(packet)
            if ring.reaches_back > 1.2:
                stop.set()
    whole = ring.recording(0.0, float("inf"))
    clip = write_clip(whole, tmp_path / "clip.mp4", ())
    pictures = shown(tmp_path / "clip.mp4")
    assert len(pictures) == clip.frames == len(whole.packets)
    numbers = [number_in(luma) for _, luma, _ in pictures]
    assert [(number - numbers[0]) % 40 for number in numbers[:20]] == list(range(20))
    assert pictures[20][0] - pictures[0][0] == pytest.approx(1.0, abs=0.01)
