"""Secrets come from the environment and from files, wherever one is needed; what reads the YAML repeats none."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_config_example import WEBHOOK_SECRET
from vigilanza.config import load, schema
from vigilanza.config.fields import VARIABLE
from vigilanza.config.rehearsal import RehearsalPart
from vigilanza.domain.errors import ConfigError

SECRETS = {
    "CAMERA": "the camera's password",
    "DATABASE": "the database's password",
    "SIGNS": WEBHOOK_SECRET,
    "SIGNED": WEBHOOK_SECRET.replace("MDEy", "NDEy"),
    "BEARER": "a-bearer-token",
    "AES": "000102030405060708090A0B0C0D0E0F",
    "BROKER": "the broker's password",
    "ONVIF": "the password of the VMS",
    "VIDEO": "the password of who watches",
    "LINKS": "a key that signs links to pictures",
    "SSO": "the identity provider's secret",
}
FULL = """\
site: {id: "0423", name: via Esempio 4}
cameras:
  - id: landing
    source: rtsp://127.0.0.1:8554/main
    credentials: {user: v, password_env: CAMERA}
    doors: [{id: flat-12, role: sealed, leaf: [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5], [0.1, 0.5]]}]
units: [{id: flat-12, zone: 12}]
destinations:
  - {id: a, kind: municipal_vms, channel: webhook, url: "https://vms.example.org/x", secret_env: SIGNS,
     previous_secret_env: SIGNED, bearer_token_env: BEARER}
  - {id: b, kind: municipal_vms, channel: dc09, receivers: ["arc.example.org:7700"], account: "0423", key_env: AES}
  - {id: c, kind: municipal_vms, channel: mqtt, url: "mqtts://b.example.org", user: v, password_env: BROKER}
onvif_device: {plain_http: true, accounts: [{name: vms, password_env: ONVIF}]}
video: {plain_rtsp: true, accounts: [{name: vms, password_env: VIDEO}]}
storage: {database: "postgresql://db/vigilanza", database_user: v, database_password_env: DATABASE}
web:
  public_url: https://pictures.example.org
  pictures_key_env: LINKS
  oidc: {issuer: "https://sso.example.org", client_id: v, client_secret_env: SSO, label: City, roles: {a: operator},
         redirect_url: "https://vigilanza.example.org/api/oidc/callback"}
"""
NO_SECRETS = {"credentials", "key_format", "keys"}
WORDS = re.compile(r"pass|secret|token|cred|bearer|pin$|(^|_)keys?($|_)")


def keys(of: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a document may have, wherever, with its schema."""
    for part in (of, *of["$defs"].values()):
        yield from part.get("properties", {}).items()


def written(folder: Path, text: str) -> Path:
    (folder / "cameras.yaml").write_text(text, "utf-8")
    return folder / "cameras.yaml"


@pytest.mark.parametrize("document", [schema(), RehearsalPart.model_json_schema()], ids=["configuration", "scene"])
def test_every_key_that_might_hold_a_secret_names_a_variable_or_a_file(document: dict[str, Any]) -> None:
    named = {name for name, _ in keys(document) if WORDS.search(name)} - NO_SECRETS
    assert named
    assert not [name for name in named if not name.endswith(("_env", "_file", "_files"))]
    for name, kind in keys(document):
        if name.endswith("_env"):
            patterns = {one.get("pattern") for one in (kind, *kind.get("anyOf", ())) if one.get("type") == "string"}
            assert patterns == {VARIABLE}, name


def test_this_test_knows_every_variable_that_can_be_named() -> None:
    known = {name for name, _ in keys(schema()) if name.endswith("_env")}
    assert known == set(re.findall(r"\w+_env\b", FULL))


def test_nothing_that_was_read_shows_a_secret(tmp_path: Path) -> None:
    config = load(written(tmp_path, FULL), environ=SECRETS)
    shown = f"{config!r} {config} {config.web.oidc!r} {[one.link for one in config.destinations]}"
    assert "Secret(hidden)" in shown
    for secret in SECRETS.values():
        assert secret not in shown
        assert repr(bytes.fromhex(SECRETS["AES"])) not in shown


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_written_where_its_variable_belongs_is_refused_and_not_repeated(name: str, tmp_path: Path) -> None:
    literal = "hunter22" * 5
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, re.sub(rf"_env: {name}\b", f"_env: {literal}", FULL)), environ=SECRETS)
    assert "never write the secret itself here" in str(refused.value)
    assert literal not in str(refused.value)


@pytest.mark.parametrize("name", [name for name in SECRETS if name not in ("SIGNS", "SIGNED", "BEARER", "AES")])
def test_a_secret_written_where_its_file_belongs_is_refused_and_not_repeated(name: str, tmp_path: Path) -> None:
    literal = "hunter22" * 5
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, re.sub(rf"_env: {name}\b", f"_file: {literal}", FULL)), environ=SECRETS)
    assert "the secret file cannot be read: No such file" in str(refused.value)
    assert literal not in str(refused.value)


@pytest.mark.parametrize("key", ["password", "secret", "bearer_token", "database_password", "client_secret", "key"])
def test_there_is_no_key_for_the_secret_itself(key: str, tmp_path: Path) -> None:
    given = re.compile(rf"\b{key}_env: \w+")
    assert given.search(FULL)
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, given.sub(f"{key}: hunter22", FULL)), environ=SECRETS)
    assert f'unknown key "{key}"' in str(refused.value)
    assert "hunter22" not in str(refused.value)
