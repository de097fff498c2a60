"""Truth files, right and wrong."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands import VIDEOS
from tests.truths import LEAF, document, recording, window, write
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.truth import one_per_camera, read_recording, read_recordings


def without(name: str) -> dict[str, Any]:
    """A truth file that lacks a field."""
    return {key: value for key, value in document().items() if key != name}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (without("duration"), "duration: field required"),
        (without("doors"), "doors: field required"),
        (document(doors=[]), "doors: "),
        (document(doors=[{"id": "S", "role": "guarded", "leaf_norm": LEAF}]), "doors.0.role: "),
        (document(doors=[{"id": "S", "role": "sealed", "leaf_norm": LEAF[:2]}]), "doors.0.leaf_norm: "),
        (document(doors=[{"id": "S", "role": "sealed", "leaf_norm": [[320, 20]] * 4}]), "doors.0.leaf_norm.0.0: "),
        (document(alarm=[window(1, 2) | {"t_end": None}]), "alarm.0.t_end: "),
        (document(alarm=[window(1, 2, kind="noise")]), "alarm.0.kind: "),
        (document(alarm=[window(2, 1)]), "alarm.0: value error, ends before it starts"),
        (document(alarm=[window(1, 2, door="X")]), "no door 'x' in doors"),
        (document(file="day.mp4"), "file: there is no "),
        ([], "the whole: "),
    ],
)
def test_a_wrong_truth_file_is_named_with_the_field(tmp_path: Path, content: Any, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(RecordingError) as refused:
        read_recording(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_json_is_named_with_line_and_column(tmp_path: Path) -> None:
    path = write(tmp_path, document())
    path.write_text('{"clip": "night",\n  oops}', encoding="utf-8")
    with pytest.raises(RecordingError, match=r"night\.json: line 2, column 3: no JSON"):
        read_recording(path)


def test_a_folder_without_truth_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no recording with a truth file"):
        read_recordings(tmp_path)


def test_fields_that_are_not_known_do_no_harm(tmp_path: Path) -> None:
    assert recording(tmp_path, weather="rain").truth.clip == "night"


def test_two_streams_of_a_scene_are_one_camera() -> None:
    recordings = read_recordings(VIDEOS)
    chosen = one_per_camera(recordings)
    assert [one.truth.clip for one in recordings if one not in chosen] == ["dev_pos_lone_pry_then_kick_main"]


def test_a_main_stream_alone_stands_for_its_scene() -> None:
    recordings = read_recordings(VIDEOS)
    mains = [one for one in recordings if one.truth.stream == "main"]
    assert one_per_camera(mains) == mains != []
