"""A living sensor trembles; a stuck encoder repeats itself, whatever its key frames look like."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vigilanza.detect.liveliness import REPEATED_S, WINDOW_S, Liveliness

FPS = 5.0
SCENE = np.random.default_rng(1).integers(60, 180, (90, 160)).astype(np.float32)
Picture = NDArray[np.uint8]


def encoded(
    seconds: float, *, noise: float, repeated: bool = False, seed: int = 0, light: float = 1.0
) -> list[Picture]:
    """As a low-bitrate stream shows a still scene: a new picture each two seconds, in between the same again.

    `repeated`: always the same picture, which the encoder makes a little different at each key frame.
    """
    random, shown = np.random.default_rng(seed), []
    for index in range(round(seconds * FPS)):
        if index % round(2 * FPS) == 0:
            strength = 0.6 if repeated else noise
            key = np.clip(light * SCENE + strength * random.standard_normal(SCENE.shape), 0, 255).astype(np.uint8)
        shown.append(key)
    return shown


def stuck(pictures: list[Picture]) -> list[bool]:
    liveliness = Liveliness()
    return [liveliness.stuck(picture, index / FPS) for index, picture in enumerate(pictures)]


@pytest.mark.parametrize("noise", [0.4, 1.5, 4.0])
def test_a_still_scene_at_a_low_bitrate_is_alive(noise: float) -> None:
    assert not any(stuck(encoded(120.0, noise=noise)))


def test_a_repeated_picture_is_noticed_within_seconds_and_life_again_at_once() -> None:
    said = stuck([*encoded(40.0, noise=3.0), *encoded(40.0, noise=3.0, repeated=True), *encoded(10.0, noise=3.0)])
    began, ended = round(40 * FPS), round(80 * FPS)
    assert not any(said[: began + 5])
    assert all(said[began + round((WINDOW_S + 2.5) * FPS) : ended])
    assert not any(said[ended + round(2.0 * FPS) :])


def test_the_very_same_picture_is_noticed_even_of_a_clean_sensor() -> None:
    said = stuck([*encoded(20.0, noise=0.4), *[SCENE.astype(np.uint8)] * round(30 * FPS)])
    assert all(said[-round((30 - REPEATED_S - 1) * FPS) :])


def test_less_noise_in_another_light_is_no_repetition() -> None:
    assert not any(stuck([*encoded(40.0, noise=4.0), *encoded(60.0, noise=0.8, light=1.3)]))


def test_noise_that_fades_with_the_dawn_is_followed() -> None:
    dawn = [encoded(4.0, noise=max(0.8, 4.0 - 0.05 * step), seed=step) for step in range(75)]
    assert not any(stuck([picture for part in dawn for picture in part]))
