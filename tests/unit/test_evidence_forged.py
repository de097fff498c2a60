"""Packages that somebody made or changed: each is refused, and why is named."""

import io
import json
import random
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.sealed import Office, codes, faults, findings, key_pem, open_office, stored
from vigilanza.store.evidence.container import ContainerWriter
from vigilanza.store.evidence.finding import Code
from vigilanza.store.evidence.manifest import canonical
from vigilanza.store.evidence.signature import SigningKey


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Office:
    return open_office(sqlite, tmp_path)


@pytest.fixture
def whole(office: Office) -> bytes:
    return office.seal().path.read_bytes()


def found(tmp_path: Path, content: bytes) -> set[Code]:
    path = tmp_path / "given.zip"
    path.write_bytes(content)
    return codes(faults(path))


def test_cut_off_at_any_place(tmp_path: Path, whole: bytes) -> None:
    for length in [*random.Random(7).sample(range(1, len(whole)), 100), len(whole) - 1, len(whole) - 22]:
        assert found(tmp_path, whole[:length]) <= {Code.TRUNCATED, Code.NOT_A_PACKAGE}
        assert found(tmp_path, whole[:length])
    assert found(tmp_path, b"") == {Code.NOT_A_PACKAGE}


@pytest.mark.parametrize("more", [b"\0", b"x" * 5000])
def test_something_after_the_end(tmp_path: Path, whole: bytes, more: bytes) -> None:
    assert found(tmp_path, whole + more) == {Code.APPENDED}


def test_something_before_the_beginning(tmp_path: Path, whole: bytes) -> None:
    assert found(tmp_path, b"#!/bin/sh\n" + whole) == {Code.NOT_A_PACKAGE}


def test_a_name_twice(tmp_path: Path, whole: bytes) -> None:
    assert found(tmp_path, stored("decisions.json", b"[]") + whole) == {Code.DUPLICATE}


@pytest.mark.parametrize("name", ["../x.json", "/etc/x", "a/../../x", "media/..", "a\\b", "C:x", ".hidden", "", "è"])
def test_names_that_lead_elsewhere(tmp_path: Path, whole: bytes, name: str) -> None:
    assert found(tmp_path, stored(name, b"x") + whole) == {Code.UNSAFE_PATH}


def test_a_file_that_nobody_listed(tmp_path: Path, office: Office, whole: bytes) -> None:
    path = tmp_path / "more.zip"
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("note.txt"), b"more")
    assert codes(faults(path)) == {Code.HEADER_ALTERED}


def test_a_bomb_is_not_unpacked(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 200_000_000)
    assert path.stat().st_size < 1_000_000
    assert codes(faults(path)) == {Code.COMPRESSED}


def test_a_directory_that_points_into_a_file_twice(tmp_path: Path, whole: bytes) -> None:
    """Overlapping files, by which small bombs unpack to much."""
    end = whole.rindex(b"PK\x05\x06")
    first = whole.index(b"PK\x01\x02")
    assert found(tmp_path, whole[:first] + whole[first:end] * 2 + whole[end:]) == {Code.DIRECTORY_ALTERED}


def test_another_key_than_the_one_given(office: Office) -> None:
    sealed = office.seal()
    other = SigningKey.read(key_pem()).public
    assert codes(faults(sealed.path, other)) == {Code.WRONG_KEY}
    assert Code.KEY_NOT_GIVEN in codes(findings(sealed.path))


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    assert codes(faults(tmp_path)) == {Code.UNREADABLE}
    assert codes(faults(tmp_path / "nowhere.zip")) == {Code.UNREADABLE}


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b'"x"', b"[" * 100_000, b'{"format":"vigilanza-evidence-1"}', b"1e999", b"\xff"]
)
def test_a_manifest_of_another_form(tmp_path: Path, manifest: bytes) -> None:
    path = tmp_path / "other.zip"
    with path.open("w+b") as target:
        writer = ContainerWriter(target)
        writer.add("manifest.json", io.BytesIO(manifest))
        writer.close()
    assert codes(faults(path)) == {Code.MANIFEST_ALTERED}


def rebuilt(whole: bytes, path: Path, *, without: str = "", added: dict[str, bytes]) -> set[Code]:
    """The faults of a package that was taken apart and put together again in its own form."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != without} | added
    with path.open("w+b") as target:
        writer = ContainerWriter(target)
        for name, content in files.items():
            writer.add(name, io.BytesIO(content))
        writer.close()
    return codes(faults(path))


def test_put_together_again_it_is_as_good_as_the_first(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "again.zip"
    assert rebuilt(whole, path, added={}) == set()
    assert path.read_bytes() == whole


def test_files_taken_out_put_in_and_changed_are_named(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "again.zip"
    assert rebuilt(whole, path, without="incident.json", added={}) == {Code.FILE_MISSING}
    assert rebuilt(whole, path, added={"note.txt": b"more"}) == {Code.FILE_UNKNOWN}
    assert rebuilt(whole, path, added={"incident.json": b"{}"}) == {Code.FILE_ALTERED}
    assert rebuilt(whole, path, without="manifest.sig", added={}) == {Code.FILE_MISSING}
    assert rebuilt(whole, path, added={"manifest.tsr": b"0"}) == {Code.SIGNATURE_WRONG}
    assert rebuilt(whole, path, added={"manifest.sig": b""}) == {Code.SIGNATURE_WRONG}


def test_a_manifest_written_anew_is_not_signed(tmp_path: Path, whole: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["sealed"]["recipient"] = "somebody else"
    changed = {"manifest.json": canonical(manifest)}
    assert rebuilt(whole, tmp_path / "again.zip", added=changed) == {Code.SIGNATURE_WRONG}
