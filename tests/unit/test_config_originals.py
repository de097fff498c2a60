"""Who may open what masks hide, in the configuration: two persons, never one."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.certificates import certified
from tests.unit.test_config_privacy import loaded
from vigilanza.domain.errors import ConfigError


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("officer", "prosecutor"):
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        (folder / f"{name}.pem").write_bytes(certified(key, name))
        (folder / f"{name}-again.pem").write_bytes(certified(key, f"{name} again"))
    small = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "small.pem").write_bytes(certified(small, "small"))
    (folder / "curve.pem").write_bytes(certified(ec.generate_private_key(ec.SECP256R1()), "curve"))
    (folder / "none.pem").write_text("no certificate")
    return folder


def originals(keys: Path, *names: str) -> str:
    holders = ", ".join(f"{{name: {name}, certificate_file: {keys / name}.pem}}" for name in names)
    return f"privacy: {{originals: [{holders}]}}"


def test_two_persons_are_named(tmp_path: Path, keys: Path) -> None:
    assert loaded(tmp_path, "").privacy.originals is None
    found = loaded(tmp_path, originals(keys, "officer", "prosecutor")).privacy.originals
    assert found is not None
    assert [one.name for one in found] == ["officer", "prosecutor"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["officer"], "privacy.originals: "),
        (["officer", "prosecutor", "officer-again"], "privacy.originals: "),
        (["officer", "officer-again"], "privacy.originals: both certificates are of the same key"),
        (["officer", "small"], "privacy.originals[1].certificate_file: the file "),
        (["officer", "curve"], "holds a certificate whose key is not RSA of 3072 bits or more"),
        (["none", "prosecutor"], "none.pem holds no certificate in PEM"),
        (["officer", "missing"], "missing.pem cannot be read: No such file"),
    ],
)
def test_what_would_let_one_person_in_or_nobody_is_told(
    tmp_path: Path, keys: Path, names: list[str], told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, originals(keys, *names))
    assert told in str(caught.value)
