"""What may be the picture of a floor plan, and which plan shows an incident."""

import cv2
import numpy as np
import pytest

from vigilanza.domain.plan import MOST_BYTES, FloorPlan, Spot, plan_of, read_picture

ONE = FloorPlan("one", "One", cameras=(Spot("c1", 0.5, 0.5), Spot("c2", 0.1, 0.1)), doors=(Spot("d1", 0.2, 0.2),))
TWO = FloorPlan("two", "Two", cameras=(Spot("c2", 0.5, 0.5),), doors=(Spot("d2", 0.2, 0.2),))


def encoded(suffix: str, width: int = 40, height: int = 30, options: tuple[int, ...] = ()) -> bytes:
    done, content = cv2.imencode(suffix, np.full((height, width, 3), 200, np.uint8), options)
    assert done
    return content.tobytes()


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (encoded(".png"), "image/png"),
        (encoded(".jpg"), "image/jpeg"),
        (encoded(".jpg", options=(cv2.IMWRITE_JPEG_PROGRESSIVE, 1)), "image/jpeg"),
    ],
)
def test_a_picture_tells_its_size(content: bytes, mime_type: str) -> None:
    picture = read_picture(content)
    assert (picture.mime_type, picture.width_px, picture.height_px) == (mime_type, 40, 30)
    assert picture.content == content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "neither PNG nor JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither"),
        (encoded(".webp"), "neither"),
        (encoded(".png")[:20], "neither"),
        (encoded(".jpg")[:30], "does not tell its size"),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(40), "does not tell"),
        (encoded(".png", width=6001, height=1), "6001 x 1 pixels"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(8), "0 x 0 pixels"),
        (encoded(".png") + bytes(MOST_BYTES), "more than 4000000 bytes"),
    ],
)
def test_anything_else_is_none(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_picture(content)


def test_the_plan_with_the_door_is_shown_before_one_with_the_camera() -> None:
    assert plan_of([ONE, TWO], camera="c2", door="d2") is TWO
    assert plan_of([ONE, TWO], camera="c2", door=None) is ONE
    assert plan_of([ONE, TWO], camera="c2", door="elsewhere") is ONE
    assert plan_of([ONE, TWO], camera="c3", door=None) is None
