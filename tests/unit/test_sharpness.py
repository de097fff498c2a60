"""Pixels per metre and width of a leaf, in the pictures that are analysed."""

import pytest

from vigilanza.domain.door import Polygon
from vigilanza.domain.sharpness import Sharpness

UPRIGHT = ((0.4, 0.2), (0.5, 0.2), (0.5, 0.7), (0.4, 0.7))


@pytest.mark.parametrize(
    ("size_px", "px_per_metre", "width_px"), [((640, 360), 180 / 2.1, 64.0), ((1280, 720), 360 / 2.1, 128.0)]
)
def test_a_leaf_seen_from_the_front(size_px: tuple[int, int], px_per_metre: float, width_px: float) -> None:
    sharpness = Sharpness.of(UPRIGHT, size_px)
    assert [sharpness.px_per_metre, sharpness.width_px] == pytest.approx([px_per_metre, width_px])
    assert sharpness.complaint is None


def test_the_order_of_the_corners_does_not_matter_and_a_slanting_leaf_has_its_mean_height() -> None:
    slanting = ((0.4, 0.2), (0.5, 0.3), (0.5, 0.6), (0.4, 0.7))
    one, other = (Sharpness.of(leaf, (1000, 1000)) for leaf in (slanting, slanting[::-1]))
    assert [one.px_per_metre, one.width_px] == pytest.approx([other.px_per_metre, other.width_px], rel=1e-12)
    assert one.px_per_metre == pytest.approx(400 / 2.1)


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (((0.4, 0.2), (0.5, 0.2), (0.5, 0.5), (0.4, 0.5)), "80 per metre are needed: "),
        (((0.4, 0.2), (0.43, 0.2), (0.43, 0.9), (0.4, 0.9)), "40 pixels of width are needed: "),
    ],
)
def test_too_little_is_said_with_what_is_needed_and_what_to_do(leaf: Polygon, said: str) -> None:
    assert Sharpness.of(leaf, (640, 360)).complaint == (
        said + "analyse a larger stream, or bring the camera nearer or before the door"
    )
