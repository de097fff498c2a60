"""`vigilanza bridge status` says in time which of our own certificates runs out."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
import yaml
from rich.console import Console

from tests.fakes import FakeClock
from tests.samples import BEGAN
from vigilanza.app.linestatus import line_status
from vigilanza.app.ourcertificates import our_certificates
from vigilanza.config import Config, load
from vigilanza.lab.cap_party import make_party

DAYS = 86_400.0
ENVIRON = {"SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "VMS": "a plain password"}


def certificate(folder: Path, name: str, days: float) -> str:
    """A file with key and chain that is good for so many days."""
    ends = datetime.fromtimestamp(BEGAN, UTC) + timedelta(days=days)
    begins = ends - timedelta(days=90)
    issued = trustme.CA().issue_cert("vigilanza.example", not_before=begins, not_after=ends)
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / name))
    return name


def configured(folder: Path, ours: float, device: float) -> Config:
    key = folder / "key.pem"
    trustme.CA().issue_cert("x").private_key_pem.write_to_path(str(key))
    document = {
        "site": {"id": "0423", "name": "via Esempio 4"},
        "cameras": [{"id": "c", "source": "rtsp://192.0.2.1/x"}],
        "destinations": [
            {
                **{"id": "city", "kind": "municipal_vms", "channel": "webhook", "url": "https://city.example/alerts"},
                **{"secret_env": "SECRET", "client_certificate_file": certificate(folder, "ours.pem", ours)},
            }
        ],
        "onvif_device": {
            **{"certificate_file": certificate(folder, "device.pem", device), "key_file": "key.pem"},
            "accounts": [{"name": "vms", "password_env": "VMS"}],
        },
    }
    path = folder / "cameras.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return load(path, environ=ENVIRON)


def status(config: Config, *, as_json: bool = False) -> str:
    told = io.StringIO()
    console = Console(file=told, width=200)
    assert line_status(config, clock=FakeClock(BEGAN), console=console, as_json=as_json) == 1, "nobody tried the line"
    return told.getvalue()


@pytest.mark.parametrize(
    ("ours", "device", "said"),
    [
        (60, 60, []),
        (20, 60, ["city: ours.pem runs out in 20 days"]),
        (-3, 5, ["city: ours.pem ran out 3 days ago", "onvif_device: device.pem runs out in 5 days"]),
    ],
)
def test_what_runs_out_soon_is_named(tmp_path: Path, ours: float, device: float, said: list[str]) -> None:
    config = configured(tmp_path, ours, device)
    assert [line for line in status(config).splitlines() if ".pem" in line] == said
    told = json.loads(status(config, as_json=True))
    assert told["configured_certificates_until"] == pytest.approx(BEGAN + ours * DAYS, abs=2.0)
    assert [one for one in told["complaints"] if ".pem" in one] == [
        one.removeprefix("city: ") for one in said if one.startswith("city")
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    config = configured(tmp_path, 60, 60)
    (tmp_path / "ours.pem").write_text("no certificate")
    assert "city: ours.pem cannot be read" in status(config).splitlines()


def test_of_certificates_that_are_pinned_the_last_counts(tmp_path: Path) -> None:
    old, new = (make_party(tmp_path, name, at=BEGAN + at * DAYS) for name, at in (("old", 0), ("new", 30)))
    pinned = tmp_path / "pinned.pem"
    pinned.write_bytes(old.public_file.read_bytes() + new.public_file.read_bytes())
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "address": "via Esempio 4", "municipality": "Milano"},
        "cameras": [{"id": "c", "source": "rtsp://192.0.2.1/x"}],
        "destinations": [
            {
                **{"id": "room", "kind": "control_room", "channel": "cap", "url": "https://room.example/cap"},
                **{"sender": "vigilanza@aler.example.it", "addresses": ["co@comune.example.it"]},
                **{"signing_certificate_file": str(old.file), "client_certificate_file": str(old.file)},
                "peer_certificate_file": "pinned.pem",
            }
        ],
    }
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    found = {one.file.name: one.until for one in our_certificates(load(path, environ={}))}
    assert found["pinned.pem"] == pytest.approx(BEGAN + 31 * DAYS, abs=2.0)
    assert found[old.file.name] == pytest.approx(BEGAN + DAYS, abs=2.0)
