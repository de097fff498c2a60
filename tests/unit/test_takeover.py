"""What is taken over, what is refused, and when it is tried again; played time, real file and database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.sealed import key_pem
from tests.taken import Box, door
from vigilanza.app.takeover import FIRST_WAIT_S
from vigilanza.app.takeovertold import told
from vigilanza.domain.takeover import Stage
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.safeguards import digest_of


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


def test_a_remark_concerns_nobody_though_the_key_of_evidence_is_read_again(box: Box) -> None:
    (box.folder / "evidence.key").write_bytes(key_pem())
    box.document["evidence"] = {"key_file": "evidence.key"}
    box.write()
    box.look()
    assert box.replaced == ["web"]
    box.path.write_bytes(b"# as agreed\n" + box.path.read_bytes())
    box.look()
    assert (box.replaced, box.stage()) == (["web"], Stage.IN_FORCE)


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


def test_one_site_more_concerns_who_hears_it_and_the_page(box: Box) -> None:
    (box.folder / "0424.pub").write_bytes(SigningKey.read(key_pem()).public.pem)
    site = {"id": "0424", "name": "via Altra 1", "public_key_files": ["0424.pub"]}
    box.document["centre"] = {"nats": {"servers": ["nats://127.0.0.1:4222"]}, "sites": [site]}
    box.write()
    box.look()
    assert "centre: another value needs a restart" in str(told(box.config(), box.digest()).why)
    box.copy.write_bytes(box.path.read_bytes())
    box.begin()
    box.look(3)
    box.document["centre"]["sites"].append({**site, "id": "0425"})
    box.write()
    box.look()
    assert (box.replaced, box.stage()) == (["centre", "web"], Stage.IN_FORCE)
