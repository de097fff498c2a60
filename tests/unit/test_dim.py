"""In dim light, nobody found is looked for once more with the noise smoothed away, and only then."""

import numpy as np
import pytest

from tests.drawn import Look, picture
from vigilanza.detect.dim import SecondLook
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame

SOMEBODY = Pose(0.4, np.zeros((17, 3), np.float32), (0.4, 0.2, 0.5, 0.9))
WHOLE = (0, 0, 640, 360)


class Eye:
    """Finds somebody in pictures that tremble less than `trembling`, grey levels from one pixel to the next."""

    def __init__(self, trembling: float) -> None:
        self.looked: list[Frame] = []
        self._trembling = trembling

    def find(self, frame: Frame, window: Window) -> list[Pose]:
        assert window == WHOLE
        self.looked.append(frame)
        apart = np.abs(np.diff(frame.luma.astype(np.float32), axis=1))
        return [SOMEBODY] if float(np.median(apart)) < self._trembling else []


NOISY_AND_DIM = Look(light=0.2, noise=5.0)


def test_somebody_lost_in_the_noise_of_dim_light_is_found_at_the_second_look() -> None:
    eye = Eye(trembling=2.0)
    frame = picture(NOISY_AND_DIM)
    assert SecondLook(eye).find(frame, WHOLE) == [SOMEBODY]
    first, second = eye.looked
    assert first is frame
    assert (second.camera, second.at, second.size_px) == (frame.camera, frame.at, frame.size_px)


@pytest.mark.parametrize(
    ("look", "trembling", "found"),
    [
        (NOISY_AND_DIM, 50.0, [SOMEBODY]),  # seen at once
        (Look(light=1.0, noise=5.0), 2.0, []),  # bright: nobody is there
    ],
    ids=["seen at once", "bright"],
)
def test_there_is_no_second_look_otherwise(look: Look, trembling: float, found: list[Pose]) -> None:
    eye = Eye(trembling)
    assert SecondLook(eye).find(picture(look), WHOLE) == found
    assert len(eye.looked) == 1


def test_where_nobody_is_the_second_look_finds_nobody_either() -> None:
    eye = Eye(trembling=0.0)
    assert SecondLook(eye).find(picture(NOISY_AND_DIM), WHOLE) == []
    assert len(eye.looked) == 2
