"""Live pictures, from a simulated camera over the watch's tap to whoever may see them."""

import io
import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer
from numpy.typing import NDArray

from tests.commands import wait_until
from tests.live import RIGHT_HALF, Live, camera, live, tapped
from tests.videos import video
from vigilanza.app.programme import BEHIND_S
from vigilanza.app.studio import LiveStudio
from vigilanza.bridge.rtsp.programme import AccessUnit, Format
from vigilanza.bridge.rtsp.rtp import CLOCK_HZ
from vigilanza.capture.file import FileSource
from vigilanza.capture.ring import GopRing
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import NoPictures


def some(site: Live, count: int) -> tuple[Format, list[AccessUnit]]:
    """The first `count` pictures that a new viewer gets."""
    programme, stop = site.studio.open("c"), threading.Event()
    units: Iterator[AccessUnit] = programme.units(stop)
    got = [next(units) for _ in range(count)]
    stop.set()
    assert list(units) == []
    return programme.format, got


def nals(data: bytes) -> tuple[bytes, ...]:
    """Annex B without its start codes, which have three or four bytes."""
    return tuple(one for one in re.split(b"\0{2,3}\1", data) if one)


def luma(units: list[AccessUnit], format_: Format) -> list[NDArray[np.uint8]]:
    data = format_.parameter_sets + b"".join(unit.data for unit in units)
    with av.open(io.BytesIO(data), format=format_.codec) as container:
        assert isinstance(container, InputContainer)
        frames = [frame.to_ndarray(format="yuv420p")[: frame.height] for frame in container.decode(video=0)]
    return [np.asarray(frame, np.uint8) for frame in frames]


@pytest.mark.parametrize(("codec", "b_frames"), [("h264", 0), ("h264", 2), ("hevc", 0)])
def test_without_masks_the_bytes_are_the_cameras_own(tmp_path: Path, codec: str, b_frames: int) -> None:
    film = video(codec, b_frames=b_frames)
    with live(tmp_path, film) as site:
        format_, units = some(site, 25)
        assert not site.studio.counts["c"].encoding
    sent = {nals(one.data) for one in FileSource(path=film, start_at=0.0).packets(threading.Event())}
    assert (format_.codec, format_.width_px, format_.height_px) == (codec, 320, 180)
    assert units[0].is_keyframe
    assert {nals(unit.data) for unit in units} <= sent
    ticks = sorted(unit.ticks for unit in units)
    assert len(set(ticks)) == len(ticks)
    assert b_frames or ticks == [unit.ticks for unit in units]
    steps = [after - before for before, after in pairwise(ticks)][1:-4]  # the last ones wait for reordered pictures
    assert all(abs(step - 9000) <= 1 for step in steps)
    assert len(luma(units, format_)) >= 20


def test_masks_are_black_for_all_and_one_encoder_serves_them(tmp_path: Path) -> None:
    with live(tmp_path, video("hevc", frames=80), masks=[RIGHT_HALF]) as site:
        counts = site.studio.counts["c"]
        format_, units = some(site, 20)
        other, more = some(site, 20)
        assert counts.encoding
        assert counts.shows == 1
        assert format_ == other
        assert (format_.codec, format_.width_px, format_.height_px) == ("h264", 320, 180)
        for picture in luma(units, format_) + luma(more, other):
            assert np.all(np.abs(picture[:, 164:].astype(int) - 16) < 12)
            assert np.std(picture[:, :156]) > 20
        wait_until("the encoder to stop when nobody looks", lambda: not counts.encoding)
        encoded = counts.pictures_encoded
        site.watched.wait_for_frames(10)
        assert counts.pictures_encoded == encoded
        assert not site.watched.ring.followed


def test_what_rtsp_cannot_carry_as_it_is_is_encoded(tmp_path: Path) -> None:
    ring, clock = GopRing(seconds=60.0, max_bytes=10**7), SystemClock()
    film = video("mjpeg", pixels="yuvj420p", container="avi")
    studio = LiveStudio(cameras=[camera()], taps={"c": tmp_path / "live.socket"}, clock=clock)
    with tapped(tmp_path / "live.socket", ring):
        for one in FileSource(path=film, start_at=clock.now() - 4.0).packets(threading.Event()):
            ring.append(one)
        programme = studio.open("c")
        unit = next(programme.units(threading.Event()))
        assert (programme.format.codec, len(luma([unit], programme.format))) == ("h264", 1)
        studio.close()


def test_what_cannot_be_masked_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise NoPictures("there is no encoder for masked pictures")

    monkeypatch.setattr("vigilanza.capture.veil._encoder", fail)
    with live(tmp_path, video(), masks=[RIGHT_HALF]) as site, pytest.raises(NoPictures, match="no encoder"):
        site.studio.open("c")


def test_a_camera_that_is_set_up_anew_ends_the_programme_and_the_next_one_is_the_new(tmp_path: Path) -> None:
    with live(tmp_path, video()) as site:
        programme = site.studio.open("c")
        units = programme.units(threading.Event())
        next(units)
        site.server.show("/main", video(size=(640, 360)))
        assert all(unit.data for unit in units)
        format_, got = some(site, 3)
        assert (format_.width_px, format_.height_px) == (640, 360)
        assert got[0].is_keyframe
        assert list(programme.units(threading.Event())) == []


def test_while_the_camera_is_lost_there_are_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, video()) as site:
        programme = site.studio.open("c")
        site.server.unplug()
        assert list(programme.units(threading.Event())), "what was held is shown, then it ends"
        with pytest.raises(NoPictures, match=r"no picture for \d+ s"):
            site.studio.open("c")
        with pytest.raises(NoPictures, match="no such camera"):
            site.studio.open("d")
        site.server.plug_in()
        site.watched.wait_for_frames(12)
        assert some(site, 3)[1][0].is_keyframe


def test_ticks_go_on_over_a_new_connection(tmp_path: Path) -> None:
    with live(tmp_path, video()) as site:
        programme, stop = site.studio.open("c"), threading.Event()
        units = programme.units(stop)
        got = [next(units) for _ in range(5)]
        site.server.cut()
        got += [next(units) for _ in range(30)]
        stop.set()
        ticks = [unit.ticks for unit in got]
        assert ticks == sorted(set(ticks))
        for unit in got:
            assert abs(unit.ticks / CLOCK_HZ - unit.at) < 1.5


def test_who_takes_too_little_is_not_shown_what_is_long_past(tmp_path: Path) -> None:
    film = video(frames=round(20 * BEHIND_S))  # of twice that length
    first, *others = FileSource(path=film, start_at=SystemClock().now()).packets(threading.Event())
    ring, stop = GopRing(seconds=60.0, max_bytes=10_000_000), threading.Event()
    ring.append(first)
    with tapped(tmp_path / "live.socket", ring):
        studio = LiveStudio(cameras=[camera()], taps={"c": tmp_path / "live.socket"}, clock=SystemClock())
        slow, quick = (studio.open("c").units(stop) for _ in range(2))
        assert next(slow).at == next(quick).at == first.at
        for packet in others:
            ring.append(packet)
        while next(quick).at < others[-1].at:
            pass
        late = next(slow)
        assert late.is_keyframe
        assert others[-1].at - late.at < BEHIND_S
        stop.set()
        assert list(slow) == list(quick) == []
        assert studio.counts["c"].lost_packets > 0
        studio.close()
