"""What is taken over, what is refused, and when it is tried again; played time, real file and database."""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from vigilanza.app.replacement import Replacement
from vigilanza.app.takeover import FIRST_WAIT_S, LONGEST_WAIT_S, LOOK_S, Successor
from vigilanza.app.takeovertold import ACCEPTED, told
from vigilanza.config import Config, load
from vigilanza.domain.takeover import Stage
from vigilanza.store.database import open_database
from vigilanza.store.safeguards import SafeguardBook, digest_of

LEAF = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.9], [0.1, 0.9]]


@dataclass
class Box:
    """A run whose parts are replaced by word alone; `frail` is the part that does not stay."""

    folder: Path
    clock: FakeClock
    frail: str = ""
    complaint: str | None = None
    checks: int = 0
    replaced: list[str] = field(default_factory=list)
    copies: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.path, self.copy = self.folder / "cameras.yaml", self.folder / "state" / ACCEPTED
        self.document: dict[str, Any] = {
            "site": {"id": "0423", "name": "via Esempio 4"},
            "cameras": [{"id": "landing", "source": "rtsp://127.0.0.1:9/cam", "doors": [door("flat-12")]}],
            "storage": {"database": f"sqlite:///{self.folder}/v.db", "media": "media", "state": "state"},
        }
        self.write()
        self.copy.parent.mkdir()
        self.copy.write_bytes(self.path.read_bytes())
        self.successor = Successor(
            load(self.path, environ={}, accepted=self.copy),
            environ={},
            clock=self.clock,
            replace_part=self.replace,
            complaint=self.check,
        )
        self.look(3)

    def write(self) -> bytes:
        self.path.write_text(json.dumps(self.document), "utf-8")
        return self.path.read_bytes()

    def check(self, _: Path) -> str | None:
        self.checks += 1
        return self.complaint

    def replace(self, replacement: Replacement) -> None:
        self.replaced.append(replacement.name)
        self.copies.append(self.copy.read_bytes())
        if replacement.name == self.frail:
            replacement.fail()
        else:
            replacement.stay()

    def look(self, often: int = 2) -> None:
        for _ in range(often):
            self.clock.advance(LOOK_S)
            self.successor.look(self.stop)

    def config(self) -> Config:
        return load(self.path, environ={}, accepted=self.copy)

    def stage(self) -> Stage:
        """Of the file as it is now."""
        return told(self.config(), self.digest()).stage

    def digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def book(self) -> SafeguardBook:
        return SafeguardBook(engine=open_database(f"sqlite:///{self.folder}/v.db"), clock=self.clock)


def door(name: str) -> dict[str, Any]:
    return {"id": name, "role": "sealed", "leaf": LEAF, "floor": []}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path, FakeClock())


def test_nothing_is_replaced_while_nothing_changes(box: Box) -> None:
    box.look(9)
    assert (box.replaced, box.checks, box.stage()) == ([], 0, Stage.IN_FORCE)


def test_a_new_door_concerns_eyes_and_page_alone(box: Box) -> None:
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    new = box.write()
    assert box.stage() is Stage.PENDING
    box.look()
    assert box.replaced == ["watch", "web"]
    assert box.copies == [new, new]
    assert (box.copy.read_bytes(), box.stage()) == (new, Stage.IN_FORCE)
    assert box.copy.stat().st_mode & 0o077 == 0, "nobody else reads addresses and users"
    assert "flat-13" in str(box.book().counting(box.config().safeguards))


def test_a_remark_concerns_nobody(box: Box) -> None:
    box.path.write_bytes(b"# as agreed\n" + box.path.read_bytes())
    box.look()
    assert (box.replaced, box.stage()) == ([], Stage.IN_FORCE)
    assert box.copy.read_bytes().startswith(b"# as agreed")


def test_a_file_that_is_still_being_written_is_left_alone(box: Box) -> None:
    for number in range(5):
        box.path.write_text(f"# {number}\n", "utf-8")
        box.look(1)
    assert b"refused" not in (box.folder / "state" / "takeover.json").read_bytes()
    box.look(1)
    assert b"refused" in (box.folder / "state" / "takeover.json").read_bytes()


def spoil(box: Box) -> None:
    box.document["cameras"][0]["analysis_ftp"] = 5
    box.write()


def forbid(box: Box) -> None:
    box.complaint = "no weights"
    box.document["detection"] = {"people": "movenet-openvino"}
    box.write()


def move(box: Box) -> None:
    box.document["storage"]["media"] = "elsewhere"
    box.write()


def arm(box: Box) -> None:
    box.document["cameras"][0]["source"] = "rtsp://192.0.2.1/cam"
    box.write()


def lose(box: Box) -> None:
    box.path.unlink()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (spoil, "analysis_ftp"),
        (forbid, "no weights"),
        (move, "storage.media: another value needs a restart"),
        (arm, "impact assessment"),
        (lose, "cannot be read"),
    ],
)
def test_what_cannot_be_used_changes_nothing_and_is_told(box: Box, change: Callable[[Box], None], why: str) -> None:
    good = box.path.read_bytes()
    before = box.config()
    change(box)
    box.look(9)
    said = json.loads((box.folder / "state" / "takeover.json").read_bytes())
    assert said["stage"] == "refused"
    assert why in said["why"]
    assert (box.replaced, box.copy.read_bytes()) == ([], good)
    box.path.write_bytes(good)
    box.look()
    assert told(before, said["digest"]).stage is Stage.PENDING
    assert (box.replaced, box.stage()) == ([], Stage.IN_FORCE)


def test_what_was_refused_is_tried_again_as_something_beside_the_file_may_be_mended(box: Box) -> None:
    forbid(box)
    box.look(9)
    assert box.checks == 1
    box.complaint = None
    box.clock.advance(FIRST_WAIT_S)
    box.look(1)
    assert (box.checks, box.replaced, box.stage()) == (2, ["watch", "web", "relay"], Stage.IN_FORCE)


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


def test_a_telephone_number_blinds_no_camera(box: Box) -> None:
    box.document["phone_book"] = [{"id": "caretaker", "name": "Custode", "telephone": "+39 0545 000000"}]
    box.write()
    box.look()
    assert (box.replaced, box.stage()) == (["web"], Stage.IN_FORCE)


def test_what_two_persons_approve_counts_at_once(box: Box) -> None:
    box.document["cameras"][0]["doors"] = []
    box.write()
    box.look()
    assert (box.replaced, box.stage()) == ([], Stage.IN_FORCE), "it is watched as before"
    wanted, book = box.config().safeguards, box.book()
    book.ask(wanted, digest=digest_of(wanted), reason="reassigned", by="Ivo")
    box.look()
    assert box.replaced == []
    book.approve(wanted, digest=digest_of(wanted), by="Lea")
    box.look()
    assert box.replaced == ["watch", "web"]
