"""What every PersonDetector promises, whichever library runs it.

Only the one that has an environment of its own (`make test-ultralytics`) may be missing; the others must be there.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.drawn import HEIGHT_PX, WIDTH_PX, Look, picture
from tests.filmed import ALONE, NOBODY, filmed
from tests.house.tree import ROOT
from vigilanza.app.registry import EXTRAS, PEOPLE, open_people
from vigilanza.config import Detection
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.window import Window
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.frame import Frame

MODELS = {"ultralytics": ROOT / "tests" / "fixtures" / "models" / "nanodet_g_416_yolofmt_fp16w.onnx"}
"""Weights for those that bring none."""
APART = "ultralytics"
MOST_PEOPLE = 6
WINDOWS: dict[str, Window] = {"all": (0, 0, 640, 360), "left": (0, 0, 421, 241), "small": (300, 101, 440, 181)}


def need(name: str) -> None:
    """Leave out what is tested in its own environment; anything else that is missing fails when it is opened."""
    if name == APART and find_spec(EXTRAS[name]) is None:
        pytest.skip(f"{name} is tested by `make test-ultralytics`")


@pytest.fixture(scope="module", params=PEOPLE)
def name(request: pytest.FixtureRequest) -> str:
    need(str(request.param))
    return str(request.param)


@pytest.fixture(scope="module")
def people(name: str) -> PersonDetector:
    return open_people(Detection(name, MODELS.get(name)))  # type: ignore[arg-type]  # a name of PEOPLE


def whole(frame: Frame) -> Window:
    return 0, 0, *frame.size_px


def said(people: PersonDetector, frame: Frame, window: Window) -> list[tuple[object, ...]]:
    """All that is told, so that it can be compared."""
    return [(pose.score, pose.box, pose.joints.tolist()) for pose in people.find(frame, window)]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return common / (sum(areas) - common)


def test_somebody_is_found_where_they_stand(people: PersonDetector) -> None:
    frame = filmed(ALONE)
    found = people.find(frame, whole(frame))
    assert len(found) == 1
    assert overlap(found[0].box, ALONE.box) > 0.6


def test_a_window_shows_them_at_the_same_place(people: PersonDetector) -> None:
    frame = filmed(ALONE)
    (width, height), (left, top, right, _) = frame.size_px, ALONE.box
    window = int((left - 0.15) * width), int((top - 0.1) * height), int((right + 0.15) * width), height
    found = people.find(frame, window)
    assert len(found) == 1
    assert overlap(found[0].box, ALONE.box) > 0.6


def test_a_part_shows_them_as_the_whole_does(people: PersonDetector) -> None:
    frame = filmed(ALONE)
    part = 4 * 640 // 14, 45, 8 * 640 // 14, 360
    (alone,), (among,) = people.find(frame, part, frame.size_px), people.find(frame, whole(frame), frame.size_px)
    assert overlap(alone.box, among.box) > 0.85
    assert alone.score > 0.8 * among.score


def test_in_an_empty_corridor_there_is_nobody(people: PersonDetector) -> None:
    for frame in (filmed(NOBODY), picture(), picture(Look(infrared=True))):
        assert people.find(frame, whole(frame)) == []


def test_the_same_picture_gives_the_same_people(people: PersonDetector) -> None:
    frame = filmed(ALONE)
    assert said(people, frame, whole(frame)) == said(people, frame, whole(frame))


@pytest.mark.parametrize("window", WINDOWS.values(), ids=list(WINDOWS))
def test_what_is_told_is_well_formed_and_bounded(people: PersonDetector, window: Window) -> None:
    crowd = picture(Look(person=0.48))
    for frame in (filmed(ALONE), crowd):
        for pose in (found := people.find(frame, window)):
            left, top, right, bottom = pose.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            assert 0 < pose.score <= 1
            assert pose.joints.shape == (17, 3)
            assert np.isfinite(pose.joints).all()
            assert len(pose.outline(16 / 9)) >= 4
        assert len(found) <= MOST_PEOPLE


@pytest.mark.parametrize("size_px", [(320, 180), (704, 576), (WIDTH_PX, HEIGHT_PX)], ids=str)
def test_any_usual_size_will_do_and_pictures_are_not_written_to(
    people: PersonDetector, size_px: tuple[int, int]
) -> None:
    frame = picture(Look(person=0.48), size_px=size_px)
    before = frame.luma.copy()
    people.find(frame, whole(frame))
    assert (frame.luma == before).all()


def test_threads_may_share_it(people: PersonDetector) -> None:
    frames = [filmed(ALONE), filmed(NOBODY), picture(Look(person=0.48))]
    alone = [said(people, frame, whole(frame)) for frame in frames]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda frame: said(people, frame, whole(frame)), frames * 6))
    assert together == alone * 6


def test_a_missing_model_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^detection\.model: .*none\.onnx"):
        open_people(Detection(name, tmp_path / "none.onnx"))  # type: ignore[arg-type]  # a name of PEOPLE


@pytest.mark.parametrize("content", [b"", b"no network"], ids=["empty", "text"])
def test_a_broken_model_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(content)
    with pytest.raises(ConfigError, match=r"^detection\.model: .*broken\.onnx"):
        open_people(Detection(name, tmp_path / "broken.onnx"))  # type: ignore[arg-type]  # a name of PEOPLE


SILENT = """
import sys
from pathlib import Path
def forbid(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        raise SystemExit(f"forbidden: {event} {arguments}")
sys.addaudithook(forbid)
from vigilanza.app.registry import open_people
from vigilanza.config import Detection
open_people(Detection(sys.argv[1], Path(sys.argv[2]) if sys.argv[2:] else None))
"""


def test_it_calls_nobody_and_prints_nothing(name: str) -> None:
    model = [str(MODELS[name])] if name in MODELS else []
    command = [sys.executable, "-c", SILENT, name, *model]
    # Libraries that see a test running may behave better than usual.
    usual = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    run = subprocess.run(command, cwd=ROOT, env=usual, capture_output=True, text=True, timeout=100, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("movenet", ["movenet-onnx", "movenet-openvino"])
def test_another_network_is_no_movenet(movenet: str) -> None:
    need(movenet)
    with pytest.raises(ConfigError, match=r"^detection\.model: .*nanodet"):
        open_people(Detection(movenet, MODELS["ultralytics"]))  # type: ignore[arg-type]  # a name of PEOPLE
