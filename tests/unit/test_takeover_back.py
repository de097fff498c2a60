"""What becomes of a box if a part does not stay with the new configuration, or the file changes under the check."""

import errno
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.taken import Box, door
from vigilanza.app import takeover
from vigilanza.app.replacement import Replacement
from vigilanza.app.takeover import LONGEST_WAIT_S
from vigilanza.app.takeovertold import told
from vigilanza.app.wholefile import write_whole
from vigilanza.config import Config, load
from vigilanza.domain.takeover import Stage


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path, FakeClock())


def test_all_parts_go_back_if_one_does_not_stay(box: Box) -> None:
    former = box.path.read_bytes()
    box.frail = "web"
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    new = box.write()
    box.look(9)
    assert box.replaced == ["watch", "web", "watch"]
    assert box.copies == [new, new, former]
    assert (box.copy.read_bytes(), box.stage()) == (former, Stage.REFUSED)
    assert "flat-13" not in str(box.book().counting(load(box.copy, environ={}).safeguards)), "it never counted"


def test_a_part_that_does_not_stay_is_tried_once_more_and_no_further_while_the_file_is_the_same(box: Box) -> None:
    box.frail = "watch"
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    box.write()
    box.look()
    assert box.replaced == ["watch"]
    for _ in range(9):
        box.clock.advance(LONGEST_WAIT_S)
        box.look()
    assert box.replaced == ["watch", "watch"], "each time the cameras are blind"
    box.frail = ""
    box.document["cameras"][0]["analysis_fps"] = 4
    box.write()
    box.look()
    assert box.replaced == ["watch", "watch", "watch", "web", "relay"]


def test_the_former_copy_is_put_back_on_a_full_disk_too(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    former = box.copy.read_bytes()
    box.frail = "watch"
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    new = box.write()

    def write(path: Path, content: bytes, *, private: bool = False) -> None:
        if box.copy.read_bytes() == new:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, content, private=private)

    monkeypatch.setattr(takeover, "write_whole", write)
    box.look()
    assert (box.replaced, box.copy.read_bytes()) == (["watch"], former)


def test_a_part_that_cannot_go_back_is_told_of(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    box.write()

    def replace(replacement: Replacement) -> None:
        box.replaced.append(replacement.name)
        (replacement.stay if len(box.replaced) == 1 else replacement.fail)()

    monkeypatch.setattr(box, "replace", replace)
    box.begin()
    box.look()
    assert box.replaced == ["watch", "web", "watch"]
    assert "watch goes on with it: restart vigilanza" in told(box.config(), box.digest()).why


def test_what_is_taken_over_is_what_was_checked(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    good = box.path.read_bytes()
    box.document["storage"]["media"] = "elsewhere"
    moved = box.write()

    def swapped(path: Path, **more: Any) -> Config:
        """Somebody writes the file just while it is checked, and puts it back."""
        path.write_bytes(good)
        try:
            return load(path, **more)
        finally:
            path.write_bytes(moved)

    monkeypatch.setattr(takeover, "load", swapped)
    box.look()
    assert box.copy.read_bytes() == good
    assert "storage.media" in told(box.config(), box.digest()).why
