"""Surfaces are told apart whatever light falls on them."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawn import NEIGHBOUR, Look, flat
from vigilanza.detect.texture import CELL_PX, NOISE_GREY, Texture

SEALED = Texture.of(flat())
MIDDLE = (slice(2, -2), slice(2, -2))
"""Cells of the leaf that show nothing of its frame, which stays when the leaf is opened."""


def likeness(other: Texture) -> float:
    """Mean likeness over the cells of the leaf that say something."""
    told = SEALED.informative[MIDDLE]
    assert told.mean() > 0.5
    return float(SEALED.likeness(other)[MIDDLE][told].mean())


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(light=0.5),
        Look(light=0.3),
        Look(light=1.1),
        Look(lit_from=0.7),
        Look(infrared=True),
        Look(noise=4.0),
        Look(light=0.5, lit_from=0.5, noise=3.0),
    ],
    ids=str,
)
def test_the_same_surface_stays_alike_in_another_light(look: Look) -> None:
    assert likeness(Texture.of(flat(look, at=1.0))) > 0.7


@pytest.mark.parametrize("light", [1.0, 0.4])
def test_another_surface_is_not_alike(light: float) -> None:
    assert likeness(Texture.of(flat(Look(opened=True, light=light)))) < 0.2
    assert likeness(Texture.of(flat(Look(light=light), NEIGHBOUR))) < 0.4
    assert likeness(Texture.of(flat(Look(covered=True)))) < 0.2


def test_noise_alone_is_like_nothing_and_says_nothing() -> None:
    random = np.random.default_rng(1)
    shape = flat().shape
    noise = [Texture.of(120 + random.standard_normal(shape, np.float32) * 1.5) for _ in range(2)]
    assert noise[0].informative.mean() < 0.02
    assert abs(float(noise[0].likeness(noise[1]).mean())) < 0.1


def test_a_leaf_changed_in_part_differs_only_there() -> None:
    changed, half = flat().copy(), 6 * CELL_PX
    changed[:half] = flat(Look(opened=True))[:half]
    alike = SEALED.likeness(Texture.of(changed))[MIDDLE]
    told = SEALED.informative[MIDDLE]
    assert alike[-3:][told[-3:]].min() > 0.9
    assert alike[:2][told[:2]].max() < 0.3


@given(gain=st.floats(0.2, 1.5), offset=st.floats(-30, 30))
@settings(deadline=None, max_examples=40)
def test_brightness_and_contrast_do_not_count(gain: float, offset: float) -> None:
    other = Texture.of((flat() * np.float32(gain) + np.float32(offset)).astype(np.float32))
    assert likeness(other) > 0.85


@given(seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=20)
def test_likeness_is_mutual_and_within_its_bounds(seed: int) -> None:
    random = np.random.default_rng(seed)
    one, other = (Texture.of(random.random((36, 48), np.float32) * 255) for _ in range(2))
    there, back = one.likeness(other), other.likeness(one)
    assert there.shape == (36 // CELL_PX, 48 // CELL_PX)
    assert np.allclose(there, back, atol=1e-5)
    assert np.abs(there).max() <= 1.0 + 1e-5
    assert one.likeness(one).min() > 0.9


@pytest.mark.parametrize("margin", [0, 1, 2])
def test_gradients_are_those_of_a_sobel_filter(margin: int) -> None:
    plane = flat()
    texture, border = Texture.of(plane, margin=margin), margin * CELL_PX
    inside = slice(border, plane.shape[0] - border), slice(border, plane.shape[1] - border)
    scale = 1 / (2048 * NOISE_GREY)
    assert np.allclose(texture.across, cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=7, scale=scale)[inside], atol=1e-3)
    assert np.allclose(texture.down, cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=7, scale=scale)[inside], atol=1e-3)
