"""What is drawn replaces the file it was drawn on, and no other; the former one is always kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.drawn_site import TEXT, DrawnSite, site
from tests.fakes import FakeClock
from vigilanza.config.redraw import redraw
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import JournalUnavailable, LayoutStale
from vigilanza.domain.layout import Layout

EDITED = TEXT.replace("since June", "since July")
CORNER: Polygon = ((0.8, 0.8), (1.0, 0.8), (1.0, 1.0))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def drawn(tmp_path: Path, clock: FakeClock) -> DrawnSite:
    return site(tmp_path, clock=clock)


def save(drawn: DrawnSite, written: list[Mapping[str, object]], *more: Polygon) -> None:
    """With so many masks more than there are."""
    drawings = drawn.board.read()
    old = drawings.cameras[0].layout
    layout = Layout(old.doors, (*old.masks, *more))
    drawn.board.save("landing", layout, digest=drawings.digest, before=written.append)


def names(drawn: DrawnSite) -> list[str]:
    return sorted(path.name for path in drawn.path.parent.glob("*cameras.yaml*"))


def test_an_edit_by_hand_while_it_is_drawn_is_not_overwritten(
    drawn: DrawnSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*asked: Any) -> str:
        drawn.path.write_text(EDITED, "utf-8")
        return redraw(*asked)

    monkeypatch.setattr("vigilanza.app.board.redraw", draw)
    written: list[Mapping[str, object]] = []
    with pytest.raises(LayoutStale):
        save(drawn, written, CORNER)
    assert drawn.path.read_text("utf-8") == EDITED
    assert names(drawn) == ["cameras.yaml"]
    assert written == []


def test_an_edit_by_hand_while_it_is_written_down_is_not_overwritten(drawn: DrawnSite) -> None:
    class Editor(list[Mapping[str, object]]):
        def append(self, _: Mapping[str, object]) -> None:
            drawn.path.write_text(EDITED, "utf-8")

    with pytest.raises(LayoutStale):
        save(drawn, Editor(), CORNER)
    assert drawn.path.read_text("utf-8") == EDITED
    assert names(drawn) == ["cameras.yaml"]


def test_what_cannot_be_written_down_is_not_saved(drawn: DrawnSite) -> None:
    class Away(list[Mapping[str, object]]):
        def append(self, _: Mapping[str, object]) -> None:
            raise JournalUnavailable("away")

    with pytest.raises(JournalUnavailable):
        save(drawn, Away(), CORNER)
    assert drawn.path.read_text("utf-8") == TEXT
    assert names(drawn) == ["cameras.yaml"]


def test_a_second_saving_in_the_same_second_keeps_what_was_between(drawn: DrawnSite, clock: FakeClock) -> None:
    written: list[Mapping[str, object]] = []
    save(drawn, written, CORNER)
    between = drawn.path.read_text("utf-8")
    clock.advance(0.1)
    save(drawn, written, ((0.0, 0.8), (0.1, 0.8), (0.1, 1.0)))
    assert [former.read_text("utf-8") for former in drawn.former()] == [TEXT, between]
    assert [told["former"] for told in written] == [former.name for former in drawn.former()]
