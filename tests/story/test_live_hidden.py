"""Something must be black in live pictures from now on, while somebody watches, and later no more."""

import io
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from tests.commands import wait_until
from tests.live import RIGHT_HALF, Hidden, camera, live
from tests.story.test_live import nals
from tests.videos import number_in, video
from vigilanza.app.newest import NewestStills
from vigilanza.app.wall import LiveCameras, LiveViewing
from vigilanza.bridge.rtsp.programme import AccessUnit
from vigilanza.capture.file import FileSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import StreamChanged

GOP = 30
"""Three seconds: nobody waits for the next key frame."""
FRAMES = 60
"""Their numbers can be read in the left half."""


def is_black(luma: NDArray[np.uint8]) -> bool:
    return bool(luma[:, luma.shape[1] // 2 + 4 :].max() < 20)


class Screen:
    """A player: one decoder for all that comes."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("h264", "r")
        assert isinstance(codec, VideoCodecContext)
        self._codec = codec
        self.seen: dict[int, NDArray[np.uint8]] = {}
        """Brightness of the pictures by their ticks, in the order in which they are shown."""

    def show(self, unit: AccessUnit) -> None:
        packet = av.Packet(unit.data)
        packet.pts = unit.ticks
        self._note(packet)

    def end(self) -> None:
        self._note(None)

    def _note(self, packet: "av.Packet[av.stream.Stream] | None") -> None:
        for picture in self._codec.decode(packet):
            assert picture.pts is not None
            assert not picture.is_corrupt
            self.seen[picture.pts] = np.asarray(picture.to_ndarray(format="gray"), np.uint8)


def until(units: Iterator[AccessUnit], at: float, screen: Screen) -> list[AccessUnit]:
    """Watch until what was taken `at` has come."""
    got = [next(units)]
    while got[-1].at < at:
        got.append(next(units))
    for unit in got:
        screen.show(unit)
    return got


@pytest.mark.parametrize("b_frames", [0, 2])
def test_one_line_goes_on_black_from_the_very_picture_and_as_the_camera_sends_it_afterwards(
    tmp_path: Path, b_frames: int
) -> None:
    film, hidden, screen = video(frames=FRAMES, gop=GOP, b_frames=b_frames), Hidden(), Screen()
    with live(tmp_path, film, hidden=hidden) as site:
        units = site.studio.open("c").units(threading.Event())
        got = until(units, SystemClock().now() + 0.5, screen)
        hidden.since = SystemClock().now() + 0.5
        hidden.until = hidden.since + 2.0
        got += until(units, hidden.until + 4.0, screen)
    screen.end()
    assert screen.seen
    at = {unit.ticks: unit.at for unit in got}
    black = {ticks: is_black(luma) for ticks, luma in screen.seen.items()}
    for ticks, shown in black.items():
        if at[ticks] >= hidden.until + (GOP + 10) / 10.0:
            assert not shown, "the next key frame has come"
        elif hidden.since <= at[ticks] < hidden.until:
            assert shown, at[ticks] - hidden.since
        elif at[ticks] < hidden.since - 0.5:
            assert not shown
    times = sorted(at.values())
    first = min(one for ticks, one in at.items() if black.get(ticks))
    assert first - max(one for one in times if one < first) < 1.0, "nobody waited for a key frame of the camera"
    sent = {nals(one.data) for one in FileSource(path=film, start_at=0.0).packets(threading.Event())}
    assert nals(got[-1].data) in sent
    steps = [after.ticks - before.ticks for before, after in pairwise(got)]
    assert b_frames or min(steps) > 0
    numbers = [number_in(luma) % 64 for luma in screen.seen.values()]
    assert all(0 < (after - before) % FRAMES < FRAMES // 2 for before, after in pairwise(numbers)), str(numbers)


def test_what_waits_for_a_slow_viewer_is_given_up_when_it_must_be_black(tmp_path: Path) -> None:
    hidden, screen = Hidden(), Screen()
    with live(tmp_path, video(frames=FRAMES, gop=GOP), hidden=hidden) as site:
        units = site.studio.open("c").units(threading.Event())
        for _ in range(3):
            screen.show(next(units))
        site.watched.wait_for_frames(5)
        hidden.since = SystemClock().now()
        wait_until("the encoder to run", lambda: site.studio.counts["c"].pictures_encoded > 0)
        shown = len(screen.seen)
        for _ in range(5):
            screen.show(next(units))
    screen.end()
    assert all(is_black(luma) for luma in list(screen.seen.values())[shown:])


def test_a_line_of_another_codec_ends_and_the_next_one_is_black(tmp_path: Path) -> None:
    """Nobody is sent H.264 who was promised H.265."""
    hidden = Hidden()
    with live(tmp_path, video("hevc", frames=80), hidden=hidden) as site:
        programme, screen = site.studio.open("c"), Screen()
        units = programme.units(threading.Event())
        assert (programme.format.codec, bool(next(units).data)) == ("hevc", True)
        hidden.since = SystemClock().now()
        assert max((unit.at for unit in units), default=0.0) < hidden.since
        again = site.studio.open("c")
        assert again.format.codec == "h264"
        for unit, _ in zip(again.units(threading.Event()), range(5), strict=False):
            screen.show(unit)
        screen.end()
        assert screen.seen
        assert all(is_black(luma) for luma in screen.seen.values())


def test_a_page_is_told_to_ask_again_and_gets_black_pictures(tmp_path: Path) -> None:
    hidden = Hidden()
    with live(tmp_path, video(frames=FRAMES, gop=GOP), hidden=hidden):
        cameras = LiveCameras(cameras=[camera()], taps={"c": tmp_path / "live.socket"}, clock=SystemClock())
        viewing = cameras.open("c", large=False)
        while viewing.take(1.0) is None:
            pass
        hidden.since = SystemClock().now()
        last = _taken_until_it_changes(viewing)
        assert last < hidden.since
        with av.open(_Film(cameras.open("c", large=False))) as container:
            assert isinstance(container, InputContainer)
            pictures = [picture for picture, _ in zip(container.decode(video=0), range(5), strict=False)]
        assert all(is_black(np.asarray(picture.to_ndarray(format="gray"), np.uint8)) for picture in pictures)
        cameras.close()


def _taken_until_it_changes(viewing: LiveViewing) -> float:
    """When the last picture was taken."""
    last = 0.0
    try:
        while True:
            piece = viewing.take(1.0)
            last = last if piece is None else piece.at
    except StreamChanged:
        return last
    finally:
        viewing.close()


class _Film:
    """What a browser reads."""

    def __init__(self, viewing: LiveViewing) -> None:
        self._viewing, self._rest = viewing, viewing.head

    def read(self, size: int) -> bytes:
        while not self._rest:
            piece = self._viewing.take(1.0)
            self._rest = b"" if piece is None else piece.data
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def test_a_still_is_black_at_once_however_fresh_the_last_one_is(tmp_path: Path) -> None:
    hidden = Hidden(RIGHT_HALF)
    with live(tmp_path, video(frames=FRAMES, gop=GOP), hidden=hidden) as site:
        stills = NewestStills(cameras=[camera()], taps={"c": tmp_path / "live.socket"}, clock=SystemClock())
        before = stills.of("c")
        hidden.since = 0.0
        after = stills.of("c")
        assert (_is_still_black(before.jpeg), _is_still_black(after.jpeg)) == (False, True)
        hidden.since = float("inf")
        site.watched.wait_for_frames(1)
        assert not _is_still_black(stills.of("c").jpeg)


def _is_still_black(jpeg: bytes) -> bool:
    with av.open(io.BytesIO(jpeg)) as container:
        assert isinstance(container, InputContainer)
        picture = next(container.decode(video=0))
    return bool(picture.to_ndarray(format="gray")[:, 164:].max() < 8)
