"""A certificate for the page that nobody has to buy: whom it names, and when it is made anew."""

import ssl
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.fakes import FakeClock
from vigilanza.__main__ import app
from vigilanza.app.certificate import AUTHORITY, CERTIFICATE, KEY, LASTS, SOON, make_certificate
from vigilanza.clock import SystemClock


def test_a_good_one_is_left_alone_and_one_that_ends_soon_is_made_anew(tmp_path: Path) -> None:
    clock = FakeClock(SystemClock().now())
    assert make_certificate(tmp_path, [], clock=clock)
    first = (tmp_path / CERTIFICATE).read_bytes()
    assert not make_certificate(tmp_path, [], clock=clock)
    clock.advance((LASTS - SOON).total_seconds() - 60)
    assert not make_certificate(tmp_path, [], clock=clock)
    assert (tmp_path / CERTIFICATE).read_bytes() == first
    clock.advance(120)
    assert make_certificate(tmp_path, [], clock=clock)
    assert (tmp_path / CERTIFICATE).read_bytes() != first


def test_key_and_certificate_belong_together_and_the_key_is_nobody_elses(tmp_path: Path) -> None:
    make_certificate(tmp_path, ["control.example", "192.168.4.2"], clock=SystemClock())
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / CERTIFICATE, tmp_path / KEY)
    assert (tmp_path / KEY).stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([AUTHORITY, CERTIFICATE, KEY])


def test_one_that_was_begun_only_is_made_whole(tmp_path: Path) -> None:
    make_certificate(tmp_path, [], clock=SystemClock())
    (tmp_path / CERTIFICATE).unlink()
    assert make_certificate(tmp_path, [], clock=SystemClock())
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / CERTIFICATE, tmp_path / KEY)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("tls", "--name", "10.0.0.9"), 0, "tls: made"),
        (("tls", "--name", "no name"), 2, "no name"),
        (("a/b",), 2, "a/b"),
    ],
)
def test_the_command_says_what_it_did(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    (tmp_path / "a").write_text("no folder", "utf-8")
    ended = CliRunner().invoke(app, ["certificate", str(tmp_path / arguments[0]), *arguments[1:]])
    assert ended.exit_code == code, ended.output
    assert said in ended.output
