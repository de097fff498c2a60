"""What `web.oidc` wants in the configuration."""

from pathlib import Path

import pytest

from vigilanza.config import load
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.role import Role

GOOD = {
    "issuer": "https://sso.comune.example/realms/city",
    "client_id": "vigilanza",
    "client_secret_env": "OIDC_SECRET",
    "redirect_url": "https://vigilanza.comune.example/api/oidc/callback",
    "label": "Comune",
    "roles": "{vgz-operators: operator, vgz-chiefs: supervisor}",
}
ENVIRON = {"OIDC_SECRET": "what the provider gave"}


def written(folder: Path, **changes: str | None) -> Path:
    keys = {key: value for key, value in (GOOD | changes).items() if value is not None}
    lines = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    path = folder / "cameras.yaml"
    head = "site: {id: s, name: n}\ncameras: [{id: c, source: rtsp://h/x}]\n"
    path.write_text(f"{head}web:\n  oidc:\n{lines}", "utf-8")
    return path


def test_it_becomes_terms_whose_secret_is_not_shown(tmp_path: Path) -> None:
    terms = load(written(tmp_path), environ=ENVIRON).web.oidc
    assert terms is not None
    assert (terms.name_claim, terms.roles_claim) == ("preferred_username", "groups")
    assert terms.client_secret == ENVIRON["OIDC_SECRET"]
    assert terms.roles == {"vgz-operators": Role.OPERATOR, "vgz-chiefs": Role.SUPERVISOR}
    assert ENVIRON["OIDC_SECRET"] not in repr(terms)
    assert load(written(tmp_path), environ={}, offline=True).web.oidc is None


def test_the_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", "utf-8")
    path = written(tmp_path, client_secret_env=None, client_secret_file="secret")
    terms = load(path, environ={}).web.oidc
    assert terms is not None
    assert terms.client_secret == "from a file"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"issuer": "http://sso.comune.example"}, "web.oidc.issuer: https:// is needed"),
        ({"issuer": "https://sso.comune.example/?a=b"}, "web.oidc.issuer: an address without query"),
        ({"redirect_url": "https://v.example/"}, "web.oidc.redirect_url: ends with /api/oidc/callback"),
        ({"roles": "{}"}, "web.oidc.roles"),
        ({"roles": "{x: integrator}"}, "web.oidc.roles.x"),
        ({"client_secret_env": None}, "web.oidc: needs exactly one of client_secret_env and client_secret_file"),
        ({"label": None}, "web.oidc.label"),
        ({"client_secret_env": "NOT_SET"}, "the environment variable NOT_SET is not set"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, changes: dict[str, str | None], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, **changes), environ=ENVIRON)
    assert told in str(caught.value)
