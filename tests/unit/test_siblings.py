"""Shares of one watch make room together."""

from pathlib import Path

from vigilanza.app.share import Share
from vigilanza.app.siblings import Siblings


def test_none_is_idle_before_all_are(tmp_path: Path) -> None:
    busy = [False, True]
    first, second = (Siblings(tmp_path, Share(n + 1, 2), lambda n=n: not busy[n]) for n in range(2))  # type: ignore[misc]
    assert not first.are_idle()
    assert not second.are_idle()
    busy[0], busy[1] = True, False
    assert not first.are_idle()
    assert not second.are_idle(), "the first one has begun something new"
    busy[0] = False
    assert first.are_idle()
    assert second.are_idle()


def test_one_alone_waits_for_nobody(tmp_path: Path) -> None:
    assert Siblings(tmp_path, Share(), lambda: True).are_idle()


def test_where_no_mark_can_be_left_its_own_word_counts(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert Siblings(gone, Share(1, 2), lambda: True).are_idle()
    assert not Siblings(gone, Share(1, 2), lambda: False).are_idle()
