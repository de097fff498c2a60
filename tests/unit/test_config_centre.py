"""What the configuration of a site and of a centre says of each other, and what is wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.centre import new_key
from vigilanza.config import CentreLink, load
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.errors import ConfigError

NATS = {"servers": ["tls://nats.example.org:4222"], "user": "0423", "password_env": "NATS_PASSWORD"}
DESTINATION = {"id": "centrale", "kind": "centre", "channel": "centre", "nats": NATS, "key_file": "0423.pem"}
SITE = {
    "site": {"id": "0423", "name": "via Esempio 4"},
    "cameras": [{"id": "b3", "source": "rtsp://127.0.0.1/b3"}],
    "destinations": [DESTINATION],
}
SITES = [{"id": "0423", "name": "via Esempio 4", "public_key_files": ["0423.pub"]}]
CENTRE = {"site": {"id": "centre", "name": "Centrale"}, "centre": {"nats": NATS, "sites": SITES}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_key(tmp_path, "0423")
    other = generate_private_key(SECP256R1())
    (tmp_path / "p256.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return tmp_path


def read(folder: Path, document: dict[str, Any]) -> Any:
    path = folder / "vigilanza.yaml"
    path.write_text(json.dumps(document), "utf-8")
    return load(path, environ={"NATS_PASSWORD": "a password"})


def test_a_site_names_its_centre_and_a_centre_its_sites(folder: Path) -> None:
    [endpoint] = read(folder, SITE).destinations
    assert endpoint.destination == Destination("centrale", DestinationKind.CENTRE)
    assert isinstance(endpoint.link, CentreLink)
    assert (endpoint.link.nats.user, endpoint.link.nats.password) == ("0423", "a password")
    assert "a password" not in repr(endpoint)
    config = read(folder, CENTRE)
    assert config.cameras == ()
    [site] = config.centre.sites
    assert (site.id, site.name) == ("0423", "via Esempio 4")
    assert site.keys[0].pem == endpoint.link.key.public.pem


def site_with(**keys: Any) -> dict[str, Any]:
    return SITE | {"destinations": [DESTINATION | keys]}


def centre_with(**keys: Any) -> dict[str, Any]:
    return CENTRE | {"centre": CENTRE["centre"] | keys}  # type: ignore[operator]  # a dict, as it stands above


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (site_with(per_minute=5), r"destinations\[0\].per_minute: the centre gets everything, at once"),
        (site_with(events=["entry"]), r"destinations\[0\].events: the centre gets everything"),
        (site_with(kind="municipal_vms"), r"destinations\[0\].*kind"),
        (site_with(key_file="p256.pem"), "give an Ed25519 key"),
        (site_with(key_file="none.pem"), "cannot be read"),
        (site_with(nats=NATS | {"servers": ["nats://nats.example.org"]}), "plain: true on purpose"),
        (SITE | {"cameras": []}, "cameras: give at least one camera"),
        (centre_with(sites=[*SITES, *SITES]), r"centre.sites\[1\].id: .0423. is already the id of another site"),
        (centre_with(sites=[SITES[0] | {"id": "centre"}]), "or of the centre itself"),
        (centre_with(sites=[SITES[0] | {"public_key_files": ["0423.pem"]}]), "not a public key"),
        (centre_with(sites=[]), r"centre.sites"),
        (CENTRE | {"destinations": [DESTINATION]}, "a centre has none above it"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, document: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(folder, document)
