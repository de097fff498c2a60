"""A package of evidence: what is in it, and who may have it. On both databases."""

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import Engine

from tests.sealed import (
    ASKS,
    ED25519,
    GRANTS,
    P256,
    Office,
    codes,
    faults,
    findings,
    open_office,
    open_sealer,
    said_by,
)
from vigilanza.domain.errors import ExportRefused, StampUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import GENESIS
from vigilanza.store.database import reading
from vigilanza.store.evidence.container import ContainerWriter, Entry
from vigilanza.store.evidence.dossier import read_dossier
from vigilanza.store.evidence.finding import Code
from vigilanza.store.evidence.pictures import add_pictures
from vigilanza.store.evidence.sealer import Sealed
from vigilanza.store.holds import Holds


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return dict(json.loads(archive.read("manifest.json")))


def test_a_package_holds_the_incident_and_says_who_let_it_go(office: Office) -> None:
    sealed = office.seal()
    assert faults(sealed.path, office.key.public) == []
    assert {Code.SIGNATURE_HOLDS, Code.KEY_AS_GIVEN, Code.FILES_INTACT, Code.AUDIT_INTACT} <= codes(
        findings(sealed.path, office.key.public)
    )
    assert sealed.path.name == f"evidence-{office.scene.incident}-{sealed.package.sha256[:16]}.zip"
    manifest = manifest_of(sealed.path)
    said = manifest["sealed"]
    assert (said["asked_by"], said["granted_by"], said["recipient"], said["reason"]) == (
        ASKS,
        GRANTS,
        "Procura",
        "prot. 12/26",
    )
    assert {one["sha256"] for one in manifest["media"]} == {item.sha256 for item in office.pictures}
    with zipfile.ZipFile(sealed.path) as archive:
        incident = json.loads(archive.read("incident.json"))
        assert [event["kind"] for event in incident["events"]] == ["loitering", "tampering", "door_opened", "entry"]
        clip = next(one for one in manifest["media"] if one["kind"] == "clip")
        assert archive.read(clip["path"]) == office.media.place_of(office.pictures[0]).read_bytes()
    (record, asked) = AuditChain(engine=office.engine, clock=office.clock).latest()
    assert (asked.who, asked.action) == (ASKS, "export.asked")
    assert (record.who, record.action) == (GRANTS, "export.granted_and_sealed")
    assert json.loads(record.detail)["sha256"] == sealed.package.sha256


def test_packages_form_a_chain(office: Office) -> None:
    first, second = office.seal(), office.seal()
    assert first.package.previous == GENESIS
    assert (second.package.number, second.package.previous) == (2, first.package.manifest_sha256)
    assert manifest_of(second.path)["package"] == {"number": 2, "previous": first.package.manifest_sha256}


def test_a_package_sealed_meanwhile_is_the_one_before(office: Office) -> None:
    first: list[Sealed] = []

    def stamp(content: bytes) -> bytes:
        """While the authority is asked, a colleague seals another package."""
        if not first:
            first.append(office.seal())
        raise StampUnavailable("away")

    slow = open_sealer(office.engine, office.media, office.clock, office.key, stamp)
    asked = office.exports.ask(office.scene.incident, recipient="Procura", reason="12/26", by=ASKS)
    second = slow.grant(asked.id, by=GRANTS, folder=office.folder)
    assert (first[0].package.number, second.package.number) == (1, 2)
    assert second.package.previous == first[0].package.manifest_sha256
    assert faults(second.path, office.key.public) == []
    assert sorted(office.folder.iterdir()) == sorted([first[0].path, second.path])


def test_nobody_grants_what_he_asked_for(office: Office) -> None:
    asked = office.exports.ask(office.scene.incident, recipient="Procura", reason="12/26", by=ASKS)
    with pytest.raises(ExportRefused, match="second person"):
        office.sealer.grant(asked.id, by=ASKS, folder=office.folder)
    sealed = office.sealer.grant(asked.id, by=GRANTS, folder=office.folder)
    with pytest.raises(ExportRefused, match="already"):
        office.sealer.grant(asked.id, by="c.verdi", folder=office.folder)
    assert list(office.folder.iterdir()) == [sealed.path]
    late = office.exports.ask(office.scene.incident, recipient="Procura", reason="12/26", by=ASKS)
    office.clock.advance(25 * 3600.0)
    with pytest.raises(ExportRefused, match="ask anew"):
        office.sealer.grant(late.id, by=GRANTS, folder=office.folder)


def test_what_is_gone_is_listed_with_its_hash_and_sealing_keeps_nothing(office: Office) -> None:
    assert not office.seal().is_held
    hold = {"authority": "Procura", "protocol": "12/26", "until": office.clock.now() + 3600.0}
    Holds(engine=office.engine, clock=office.clock).place(office.scene.incident, by=ASKS, **hold)  # type: ignore[arg-type]
    assert office.seal().is_held
    office.clock.advance(3 * 24 * 3600.0)
    assert len(office.retention.run_once().deleted) == 2
    sealed = office.seal()
    manifest = manifest_of(sealed.path)
    assert (sealed.gone, manifest["media"]) == (2, [])
    assert {one["sha256"] for one in manifest["media_gone"]} == {item.sha256 for item in office.pictures}
    assert faults(sealed.path) == []
    assert Code.GONE in codes(findings(sealed.path))
    with zipfile.ZipFile(sealed.path) as archive:
        assert b"media.purged" in archive.read("audit.ndjson")


def test_a_file_that_is_deleted_while_it_is_copied_is_in_it_whole(office: Office, tmp_path: Path) -> None:
    class Purging(ContainerWriter):
        """The file goes as soon as it was copied."""

        def add(self, path: str, content: BinaryIO) -> Entry:
            entry = super().add(path, content)
            Path(content.name).unlink()
            return entry

    with reading(office.engine) as connection:
        dossier = read_dossier(connection, office.scene.incident, office.clock.now())
    with (tmp_path / "package").open("w+b") as target:
        shown, gone = add_pictures(Purging(target), [], office.media, dossier)
    assert ({one["media_signing"] for one in shown}, gone) == ({"absent"}, [])


def test_a_file_that_is_not_what_was_recorded_is_no_evidence(office: Office) -> None:
    clip, still = office.pictures
    office.media.place_of(clip).write_bytes(b"something else")
    office.media.place_of(still).unlink()
    manifest = manifest_of(office.seal().path)
    assert manifest["media"] == []
    assert sorted(one["why"].split(":")[0] for one in manifest["media_gone"]) == [
        "the file is not there",
        "the file is not what was recorded",
    ]


@pytest.mark.parametrize("kind", [ED25519, P256])
def test_every_flipped_byte_is_found(engine: Engine, tmp_path: Path, kind: str) -> None:
    office = open_office(engine, tmp_path, kind=kind)
    whole = office.seal().path.read_bytes()
    spoilt = tmp_path / "spoilt.zip"
    chance = random.Random(26)
    # Every byte that is no picture's, and some of those: heads, names and the directory are not left to chance.
    places = [*chance.sample(range(len(whole)), 200), *range(64), *range(len(whole) - 1200, len(whole))]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        spoilt.write_bytes(changed)
        assert faults(spoilt, office.key.public), f"byte {place} of {len(whole)}"
        assert faults(spoilt), f"byte {place} of {len(whole)}, without a key"


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (P256, "openssl dgst -sha256 -verify key.pem -signature manifest.sig signed"),
        (ED25519, "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile manifest.sig"),
    ],
)
def test_sha256sum_and_openssl_alone_say_the_same(sqlite: Engine, tmp_path: Path, kind: str, command: str) -> None:
    office = open_office(sqlite, tmp_path, kind=kind)
    with zipfile.ZipFile(io.BytesIO(office.seal().path.read_bytes())) as archive:
        archive.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked"
    (folder / "key.pem").write_bytes(office.key.public.pem)
    assert (folder / "public-key.pem").read_bytes() == office.key.public.pem
    assert said_by("sha256sum", "-c", "SHA256SUMS", folder=folder).returncode == 0
    sums = said_by("sha256sum", "SHA256SUMS", folder=folder).stdout.split()[0]
    assert sums in (folder / "manifest.json").read_text()
    (folder / "signed").write_bytes((folder / "manifest.json").read_bytes())
    genuine = said_by(*command.split(), folder=folder)
    assert genuine.returncode == 0, genuine.stderr
    (folder / "signed").write_bytes((folder / "manifest.json").read_bytes() + b" ")
    assert said_by(*command.split(), folder=folder).returncode != 0
    (folder / "incident.json").write_text("{}")
    assert said_by("sha256sum", "-c", "SHA256SUMS", folder=folder).returncode != 0
