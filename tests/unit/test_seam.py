"""How long nobody saw a camera between two watches, as far as the first one ended in good order."""

from pathlib import Path

import pytest

from tests.fakes import FakeClock
from vigilanza.app.seam import LONGEST_S, Seam
from vigilanza.app.share import Share


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def figures(seam: Seam) -> dict[str, float]:
    return {sample.labels["camera"]: sample.value for family in seam.collect() for sample in family.samples}


def ended(folder: Path, clock: FakeClock, *cameras: str, share: Share | None = None) -> None:
    """A watch that saw these cameras, a second late, and ended in good order."""
    seam = Seam(folder, share or Share(), clock=clock)
    for camera in cameras:
        seam.note(camera, 1.0)
    assert figures(seam) == {}
    seam.keep()


def test_the_gap_is_from_the_last_picture_to_the_first(tmp_path: Path, clock: FakeClock) -> None:
    ended(tmp_path, clock, "a", "gone")
    clock.advance(4.0)
    seam = Seam(tmp_path, Share(), clock=clock)
    seam.note("a", 0.5)
    seam.note("new", 0.5)
    clock.advance(60.0)
    seam.note("a", 0.5)
    assert figures(seam) == {"a": pytest.approx(4.5)}


def test_cameras_that_change_their_share_are_known_all_the_same(tmp_path: Path, clock: FakeClock) -> None:
    ended(tmp_path, clock, "a")
    clock.advance(9.0)
    ended(tmp_path, clock, "b", share=Share(2, 2))
    seam = Seam(tmp_path, Share(2, 2), clock=clock)
    seam.note("a", 0.0)
    seam.note("b", 0.0)
    assert figures(seam) == {"a": pytest.approx(10.0), "b": pytest.approx(1.0)}


def test_a_watch_that_ended_long_ago_handed_nothing_over(tmp_path: Path, clock: FakeClock) -> None:
    ended(tmp_path, clock, "a")
    clock.advance(LONGEST_S + 1.0)
    seam = Seam(tmp_path, Share(), clock=clock)
    seam.note("a", 0.0)
    assert figures(seam) == {}


@pytest.mark.parametrize("spoilt", ["", "[1]", '{"a": null}', '{"a": "soon"}'])
def test_what_cannot_be_read_is_not_known(tmp_path: Path, clock: FakeClock, spoilt: str) -> None:
    (tmp_path / "seen-until.json").write_text(spoilt, "utf-8")
    seam = Seam(tmp_path, Share(), clock=clock)
    seam.note("a", 0.0)
    assert figures(seam) == {}
