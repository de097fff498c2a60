"""A pose model gives joints: made here without training, its weights are drawn by lot and it sees people everywhere."""

from pathlib import Path

import pytest

from tests.drawn import picture
from vigilanza.detect.yolo import open_yolo
from vigilanza.domain.errors import DetectorError

WINDOW = (100, 40, 500, 300)


def pose_model(path: Path, name: str) -> Path:
    """Weights whose only sure class has that name."""
    torch, ultralytics = pytest.importorskip("torch"), pytest.importorskip("ultralytics")
    torch.manual_seed(1)
    network = ultralytics.YOLO("yolo11n-pose.yaml")
    for head in network.model.model[-1].cv3:
        head[-1].bias.data[0] = 3.0
    network.model.names = {**network.model.names, 0: name}
    network.save(path)
    return path


def test_joints_lie_in_the_window_with_their_scores(tmp_path: Path) -> None:
    frame = picture()
    people = open_yolo(pose_model(tmp_path / "any.pt", "person")).find(frame, WINDOW)
    assert len(people) == 6
    for one in people:
        xs, ys = one.joints[:, 0] * frame.size_px[0], one.joints[:, 1] * frame.size_px[1]
        assert 100 <= xs.min() <= xs.max() <= 500
        assert 40 <= ys.min() <= ys.max() <= 300
        assert one.joints[:, 2].min() > 0.15
        assert one.joints[:, 2].max() <= 1
        assert len(one.hands()) == 2


def test_a_model_that_does_not_know_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match=r"cats\.pt: the model knows no class 'person'"):
        open_yolo(pose_model(tmp_path / "cats.pt", "cat"))
