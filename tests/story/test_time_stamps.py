"""Time stamps by openssl's own authority, asked over HTTP: of packages and of check points."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.sealed import Office, codes, open_office, said_by
from tests.stamping import Authority, authority
from vigilanza.app.stamper import Stamper
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import StampUnavailable
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.checkpointcopies import CheckpointCopies
from vigilanza.store.checkpoints import CheckpointWriter
from vigilanza.store.evidence.container import read_container
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.stamp import check_stamp, read_authority
from vigilanza.store.evidence.verification import verify_package


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    with authority(tmp_path / "tsa") as running:
        yield running


def stamper(tsa: Authority, deadline: float = 10.0) -> Stamper:
    known = read_authority(tsa.ca_file.read_bytes())
    return Stamper(url=tsa.url, authority=known, clock=SystemClock(), deadline=deadline)


def checked(path: Path, office: Office, by: Path | None) -> list[Finding]:
    known = None if by is None else read_authority(by.read_bytes())
    return verify_package(path, key=office.key.public, check_stamp=partial(check_stamp, authority=known))


def test_a_package_is_stamped_and_openssl_agrees(sqlite: Engine, tmp_path: Path, tsa: Authority) -> None:
    office = open_office(sqlite, tmp_path, stamp=stamper(tsa).stamp)
    sealed = office.seal()
    assert sealed.unstamped is None
    assert Code.STAMP_HOLDS in codes(checked(sealed.path, office, tsa.ca_file))
    assert Code.STAMP_NOT_TRUSTED in codes(checked(sealed.path, office, None))
    folder = tmp_path / "unpacked"
    assert said_by("python3", "-m", "zipfile", "-e", sealed.path, folder, folder=tmp_path).returncode == 0
    command = ["openssl", "ts", "-verify", "-in", "manifest.tsr", "-CAfile", str(tsa.ca_file), "-data"]
    assert said_by(*command, "manifest.json", folder=folder).returncode == 0
    assert said_by(*command, "incident.json", folder=folder).returncode != 0
    with authority(tmp_path / "other") as other:
        assert Code.STAMP_WRONG in codes(checked(sealed.path, office, other.ca_file))


def test_every_flipped_byte_of_the_stamp_is_found(sqlite: Engine, tmp_path: Path, tsa: Authority) -> None:
    office = open_office(sqlite, tmp_path, stamp=stamper(tsa).stamp)
    path = office.seal().path
    whole = path.read_bytes()
    with path.open("rb") as source:
        stamp = next(entry for entry in read_container(source) if entry.path == "manifest.tsr")
    assert stamp.size_bytes > 1000
    for place in range(stamp.start - 20, stamp.start + stamp.size_bytes):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        spoilt = tmp_path / "spoilt.zip"
        spoilt.write_bytes(changed)
        assert any(one.is_fault for one in checked(spoilt, office, tsa.ca_file)), f"byte {place}"


def test_spoilt_stamps_are_refused_by_themselves(tsa: Authority) -> None:
    genuine, known = stamper(tsa).stamp(b"content"), read_authority(tsa.ca_file.read_bytes())
    assert check_stamp(genuine, b"content", known).code is Code.STAMP_HOLDS
    assert check_stamp(genuine, b"other", known).code is Code.STAMP_WRONG
    for place in range(0, len(genuine), 7):
        changed = bytearray(genuine)
        changed[place] ^= 0x10
        assert check_stamp(bytes(changed), b"content", known).code in (Code.STAMP_WRONG, Code.STAMP_HOLDS)
        assert check_stamp(genuine[:place], b"content", known).code is Code.STAMP_WRONG


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, b""), "said 500"),
        ((302, b""), "said 302"),
        ((200, b"no stamp"), "does not hold"),
        ((200, b"0" * 100_000), "16384 bytes or more"),
    ],
)
def test_without_an_answer_a_package_is_sealed_all_the_same_and_says_why(
    sqlite: Engine, tmp_path: Path, tsa: Authority, answer: tuple[int, bytes], why: str
) -> None:
    tsa.answers.append(answer)
    office = open_office(sqlite, tmp_path, stamp=stamper(tsa).stamp)
    sealed = office.seal()
    assert sealed.unstamped is not None
    assert why in sealed.unstamped
    assert Code.NO_STAMP in codes(checked(sealed.path, office, tsa.ca_file))


def test_a_stamp_of_something_else_is_no_stamp(tsa: Authority) -> None:
    asked = stamper(tsa)
    tsa.answers.append((200, asked.stamp(b"something else")))
    with pytest.raises(StampUnavailable, match="does not hold"):
        asked.stamp(b"content")


def test_an_authority_that_answers_byte_by_byte_holds_nobody_up(tsa: Authority) -> None:
    tsa.drip_seconds = 0.2
    tsa.answers.append((200, b"0" * 50))
    with pytest.raises(StampUnavailable, match="no full answer in 1 s"):
        stamper(tsa, deadline=1.0).stamp(b"content")


def test_an_authority_that_is_away_is_said(tsa: Authority, tmp_path: Path) -> None:
    with authority(tmp_path / "gone") as gone:
        pass
    with pytest.raises(StampUnavailable, match="does not answer"):
        stamper(gone).stamp(b"content")


def test_certificates_out_of_order_are_refused_and_not_a_crash(tmp_path: Path) -> None:
    """What `certs` in openssl's settings makes: the parser takes only DER's order."""
    chain = authority(tmp_path / "chain", more="certs = {folder}/root.pem")
    with chain as tsa, pytest.raises(StampUnavailable, match="InvalidSetOrdering"):
        stamper(tsa).stamp(b"content")


def test_check_points_are_stamped(sqlite: Engine, tmp_path: Path, tsa: Authority) -> None:
    office = open_office(sqlite, tmp_path)
    office.seal()
    writer = CheckpointWriter(
        engine=sqlite,
        clock=office.clock,
        key=office.key,
        site="0423",
        copies=CheckpointCopies(tmp_path / "copies.ndjson"),
        stamp=stamper(tsa).stamp,
    )
    assert writer.write() is not None
    known = read_authority(tsa.ca_file.read_bytes())
    found = codes(verify_chain(sqlite, key=office.key.public, authority=known))
    assert found == {Code.CHAIN_INTACT, Code.CHECKPOINTS_HOLD, Code.STAMP_HOLDS}
    with authority(tmp_path / "other") as other:
        another = read_authority(other.ca_file.read_bytes())
        assert codes(verify_chain(sqlite, key=office.key.public, authority=another)) == {Code.STAMP_WRONG}
