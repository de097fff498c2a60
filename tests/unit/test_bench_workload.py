"""What the simulated cameras of the benchmark show."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from tests.commands import VIDEOS
from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.bench.workload import Day, write_scenes

CLIPS = ("dev_neg_leaflet_at_sealed_door", "dev_neg_bag_left_at_sealed_door", "dev_pos_comes_out_of_sealed_unit")


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A view with two recordings, of which one is everyday; and another view."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for clip in CLIPS:
        for name in (f"{clip}.mp4", f"{clip}.json"):
            shutil.copy(VIDEOS / name, folder / name)
    return folder


def packets(video: Path) -> list[Packet]:
    return list(FileSource(path=video, start_at=0.0).packets(threading.Event()))


def test_the_share_of_activity_is_what_was_asked_for(clips: Path, tmp_path: Path) -> None:
    scenes = write_scenes(clips, tmp_path, Day(0.25, 160.0))
    assert [scene.camera for scene in scenes] == ["dev_halfpace", "dev_court"]
    for scene in scenes:
        assert scene.seconds == pytest.approx(160.0, abs=1.0)
        assert scene.active_seconds / scene.seconds == pytest.approx(0.25, abs=0.02)


def test_a_scene_is_what_a_camera_sends(clips: Path, tmp_path: Path) -> None:
    scene = write_scenes(clips, tmp_path, Day(0.1, 40.0))[1]
    shown = packets(scene.video)
    assert [packet.at for packet in shown] == pytest.approx([number / 10.0 for number in range(400)])
    assert [number for number, packet in enumerate(shown) if packet.is_keyframe] == list(range(0, 400, 20))
    assert len({packet.data for packet in shown}) == 400, "no picture is ever the same: there is noise in it"


def test_on_a_quiet_day_nobody_is_shown(clips: Path, tmp_path: Path) -> None:
    for scene in write_scenes(clips, tmp_path, Day(0.0, 20.0)):
        assert scene.active_seconds == 0.0
        assert scene.seconds == pytest.approx(20.0, abs=1.0)


def test_recordings_that_do_not_say_who_is_in_the_picture_cannot_serve(clips: Path, tmp_path: Path) -> None:
    truth = clips / f"{CLIPS[0]}.json"
    told = json.loads(truth.read_text("utf-8"))
    del told["person_boxes"]
    truth.write_text(json.dumps(told), "utf-8")
    with pytest.raises(RecordingError, match="person_boxes"):
        write_scenes(clips, tmp_path, Day(0.1, 40.0))


def test_a_folder_without_main_streams_has_no_main_scenes(clips: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no main stream"):
        write_scenes(clips, tmp_path, Day(0.1, 40.0), stream="main")
