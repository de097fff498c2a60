import threading

import pytest

from tests.videos import video
from vigilanza.capture.file import FileSource
from vigilanza.capture.parametersets import parameter_sets


@pytest.mark.parametrize(("codec", "kinds"), [("h264", [7, 8]), ("hevc", [32, 33, 34])])
def test_a_key_frames_sets_are_found_and_no_other_pictures(codec: str, kinds: list[int]) -> None:
    packets = list(FileSource(path=video(codec), start_at=0.0).packets(threading.Event()))
    sets = {parameter_sets(codec, packet.data) for packet in packets if packet.is_keyframe}
    assert len(sets) == 1
    units = sets.pop().split(b"\0\0\0\1")[1:]
    assert [unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F for unit in units] == kinds
    assert {parameter_sets(codec, packet.data) for packet in packets if not packet.is_keyframe} == {b""}


def test_what_is_not_known_has_none() -> None:
    assert parameter_sets("mjpeg", b"\0\0\1\x67abc") == b""
    assert parameter_sets("h264", b"") == b""
