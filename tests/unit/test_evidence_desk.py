"""How long a package of evidence lies on the server, on both databases."""

import json
import os
import zipfile

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from tests.sealed import Office
from tests.unit.test_evidence import manifest_of, office
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.withdrawal import Withdrawal

__all__ = ["office"]


@pytest.fixture
def desk(office: Office) -> ExportDesk:
    return ExportDesk(engine=office.engine, clock=office.clock, folder=office.folder, sealer=office.sealer)


def test_what_was_withdrawn_is_listed_with_why_and_a_package_with_it_goes(office: Office, desk: ExportDesk) -> None:
    before = office.seal()
    assert desk.tidy() == 0
    clip, still = office.pictures
    Withdrawal(engine=office.engine, files=office.media, clock=office.clock).withdraw([clip.id], why="a door was open")
    assert desk.tidy() == 1
    assert not before.path.exists()
    sealed = office.seal()
    manifest = manifest_of(sealed.path)
    assert [one["sha256"] for one in manifest["media"]] == [still.sha256]
    (gone,) = manifest["media_gone"]
    assert (gone["sha256"], gone["why"]) == (
        clip.sha256,
        "withdrawn before the end of its term: a door was open",
    )
    with zipfile.ZipFile(sealed.path) as archive:
        assert b"media.withdrawn" in archive.read("audit.ndjson")
        assert json.loads(archive.read("custody.json"))["media_deleted"][0]["why"] == "a door was open"


def test_what_cannot_be_deleted_holds_up_no_package(office: Office, desk: ExportDesk) -> None:
    sealed = office.seal()
    unpacked = office.folder / "evidence-0-unpacked-by-hand"
    unpacked.mkdir()
    os.utime(unpacked, (0.0, 0.0))
    office.clock.advance(25 * 3600.0)
    assert desk.tidy() == 1
    assert list(office.folder.iterdir()) == [unpacked]
    assert not sealed.path.exists()


def test_a_package_is_not_deleted_without_its_record(office: Office, desk: ExportDesk) -> None:
    sealed = office.seal()
    office.clock.advance(25 * 3600.0)

    def refuse(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO audit"):
            raise OperationalError(statement, None, Exception("another writer is busy for too long"))

    event.listen(office.engine, "before_cursor_execute", refuse)
    with pytest.raises(JournalUnavailable):
        desk.tidy()
    assert sealed.path.exists()
    event.remove(office.engine, "before_cursor_execute", refuse)
    assert desk.tidy() == 1
    assert not sealed.path.exists()
    (record,) = AuditChain(engine=office.engine, clock=office.clock).latest(1)
    assert record.action == "export.file_deleted"
