"""Changed copies: the door's outline stays on the door, the copy is playable and always the same."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from tests.drawn import NEIGHBOUR, SEALED, Look, picture
from vigilanza.domain.door import Door, Polygon, Role
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.changed_copy import write_copy
from vigilanza.lab.perturb import PERTURBATIONS, clipped

SIZE = (640, 360)


def drawn(polygon: Polygon, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """White inside the polygon, on black."""
    plane = np.full(size_px[::-1], 16, np.uint8)
    corners = np.array([(x * size_px[0], y * size_px[1]) for x, y in polygon]).round().astype(np.int32)
    return np.asarray(cv2.fillPoly(plane, [corners], 235), np.uint8)


@pytest.mark.parametrize("name", PERTURBATIONS)
@pytest.mark.parametrize("door", [SEALED, NEIGHBOUR], ids=lambda door: door.id)
def test_an_outline_lies_on_the_same_pixels_of_the_copy(name: str, door: Door) -> None:
    how = PERTURBATIONS[name]
    luma, chroma = how.picture((drawn(door.leaf, SIZE), np.full((2, 180, 320), 128, np.uint8)))
    (moved,) = how.doors([door])
    seen, told = luma > 125, drawn(moved.leaf, (luma.shape[1], luma.shape[0])) > 125
    assert (seen & told).sum() / (seen | told).sum() > 0.97
    assert chroma.shape == (2, luma.shape[0] // 2, luma.shape[1] // 2)


def test_a_mirrored_or_cropped_outline_moves() -> None:
    for name in ("mirrored", "cropped"):
        assert PERTURBATIONS[name].outline(SEALED.leaf) != SEALED.leaf


def test_a_leaf_cut_by_the_crop_keeps_what_is_left_of_it() -> None:
    cut = Door("S", Role.SEALED, ((0.0, 0.2), (0.2, 0.3), (0.2, 0.93), (0.0, 1.0)), ((0, 0.96), (0.5, 0.96), (0.5, 1)))
    (door,) = PERTURBATIONS["cropped"].doors([cut])
    assert len(door.leaf) == 5, "the lower left corner is cut"
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in door.leaf)
    assert door.floor == ()


def test_what_the_copy_does_not_show_is_left_out() -> None:
    gone = ((0.0, 0.1), (0.04, 0.1), (0.04, 0.9), (0.0, 0.9))
    assert PERTURBATIONS["cropped"].doors([Door("S", Role.SEALED, gone)]) == ()
    assert PERTURBATIONS["cropped"].masks([gone, SEALED.leaf]) == (PERTURBATIONS["cropped"].outline(SEALED.leaf),)
    assert clipped(((2, 2), (3, 2), (3, 3))) == ()


def test_gamma_lightens_and_darkens_and_keeps_black_and_white() -> None:
    grey = np.array([[0, 16, 125, 235, 255, 125]] * 2, np.uint8)
    bright, dark = (PERTURBATIONS[name].picture((grey, grey[None]))[0][0] for name in ("gamma07", "gamma14"))
    assert dark[2] < 125 < bright[2]
    assert [list(row[[0, 1, 3, 4]]) for row in (bright, dark)] == [[16, 16, 235, 235]] * 2


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a drawn corridor at 10 pictures a second."""
    path = tmp_path_factory.mktemp("perturb") / "corridor.mp4"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=10, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(40):
            frame = picture(Look(person=0.2 + number / 80), at=number / 10)
            packed = np.concatenate([frame.luma.ravel(), frame.chroma.ravel()]).reshape(540, 640)
            image = VideoFrame.from_ndarray(packed, format="yuv420p")
            image.pts, image.time_base = number, Fraction(1, 10)
            target.mux(stream.encode(image))
        target.mux(stream.encode(None))
    return path


def times_and_size(path: Path) -> tuple[list[float], tuple[int, int]]:
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
        return [round(float(one.time or 0), 3) for one in pictures], (pictures[0].width, pictures[0].height)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_copy_shows_the_same_moments_and_is_made_the_same_again(name: str, original: Path, tmp_path: Path) -> None:
    how = PERTURBATIONS[name]
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    write_copy(original, first, how)
    write_copy(original, second, how)
    assert first.read_bytes() == second.read_bytes()
    times, size = times_and_size(first)
    every = 2 if name == "fps5" else 1
    assert times == pytest.approx(times_and_size(original)[0][::every], abs=0.002)
    assert size == {"cropped": (576, 324), "aspect43": (640, 480)}.get(name, SIZE)
    if how.bitrate:
        assert first.stat().st_size < 0.75 * original.stat().st_size


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video", encoding="utf-8")
    with pytest.raises(RecordingError, match=r"text\.mp4"):
        write_copy(tmp_path / "text.mp4", tmp_path / "copy.mp4", PERTURBATIONS["mirrored"])
