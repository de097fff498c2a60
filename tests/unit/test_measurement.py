"""What is read off a stream, and what is advised of it."""

import threading
from collections.abc import Iterator

import pytest

from tests.videos import video
from vigilanza.app.probe import Finding, measure_streams
from vigilanza.capture.description import CameraDescription, Device, Profile
from vigilanza.capture.file import FileSource
from vigilanza.capture.measurement import measure
from vigilanza.capture.packet import Packet
from vigilanza.domain.errors import SourceUnavailable


def recording(codec: str = "h264", *, gop: int = 10, frames: int = 100) -> FileSource:
    return FileSource(path=video(codec, frames=frames, rate=20, gop=gop), start_at=1000.0)


@pytest.mark.parametrize(("codec", "told"), [("h264", "H.264"), ("hevc", "H.265")])
def test_codec_size_rate_and_groups_are_measured(codec: str, told: str) -> None:
    found = measure(recording(codec), seconds=3.0)
    assert (found.codec, found.width_px, found.height_px) == (told, 320, 180)
    assert found.fps == pytest.approx(20.0, abs=0.5)
    assert found.gop == pytest.approx(0.5, abs=0.01)
    assert found.complaint is None
    size = sum(len(packet.data) for packet in recording(codec).packets(threading.Event()))
    assert found.bitrate_kbps == pytest.approx(size * 8 / 1000 / 5.0, rel=0.2)


def test_a_group_that_does_not_end_is_complained_of_as_soon_as_it_is_too_long() -> None:
    source = recording(gop=1000, frames=120)
    early, late = (measure(source, seconds=seconds) for seconds in (3.0, 5.0))
    assert (early.gop, early.complaint) == (None, None)
    assert late.gop is None
    assert "a key frame only every 5 s" in (late.complaint or "")
    profiles = (Profile("p", "p", "", None, False),)
    described = CameraDescription(Device("", "", "", ""), profiles, 0.0, True)
    sent = measure_streams(described, lambda token: source, 5.0)
    told = [(each.about, each.found, each.do) for each in Finding.of(described, None, sent).advice]
    assert told[-1] == ("p", "measured", late.complaint)


def test_a_stream_that_gives_one_picture_cannot_be_measured() -> None:
    class Short:
        def packets(self, stop: threading.Event) -> Iterator[Packet]:
            yield next(recording().packets(stop))

    with pytest.raises(SourceUnavailable, match="hardly a picture came"):
        measure(Short(), seconds=3.0)
