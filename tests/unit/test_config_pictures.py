"""Links to pictures, in the configuration."""

import re
from pathlib import Path

import pytest

from tests.unit.test_config_example import ENVIRON, EXAMPLE, WEBHOOK_SECRET
from vigilanza.config import Config, load
from vigilanza.domain.errors import ConfigError

KEY = "0123456789abcdef0123456789abcdef"
SECRETS = {"VMS_SECRET": WEBHOOK_SECRET, "PICTURES_KEY": KEY, "SHORT_KEY": KEY[1:]}
HOOK = "kind: municipal_vms, channel: webhook, url: 'https://h/x', secret_env: VMS_SECRET"
WEB = "public_url: 'https://pictures.example.org/', pictures_key_env: PICTURES_KEY"


def loaded(folder: Path, web: str, pictures: str = "pictures: 900", hook: str = HOOK) -> Config:
    path = folder / "cameras.yaml"
    head = "site: {id: s, name: s}\ncameras: [{id: a, source: rtsp://h/a}]\n"
    path.write_text(f"{head}destinations: [{{id: vms, {hook}, {pictures}}}]\nweb: {{{web}}}\n", "utf-8")
    return load(path, environ=SECRETS)


def test_the_commented_lines_of_the_example_load(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    for line in ("    # pictures: 900", "  # public_url:", "  # pictures_key_env:"):
        assert text.count(line) == 1, line
        text = text.replace(line, line.replace("# ", ""))
    (tmp_path / "shown.yaml").write_text(text, "utf-8")
    config = load(tmp_path / "shown.yaml", environ=ENVIRON | SECRETS)
    assert [one.destination.id for one in config.destinations if one.pictures == 900.0] == ["comune-vms"]
    assert config.web.public_url == "https://pictures.example.org"
    assert load(EXAMPLE, environ=ENVIRON).destinations[0].pictures is None


def test_the_key_is_a_secret_from_a_variable_or_a_file(tmp_path: Path) -> None:
    config = loaded(tmp_path, WEB)
    assert config.web.public_url == "https://pictures.example.org"
    assert config.web.pictures_key is not None
    assert config.web.pictures_key.reveal() == KEY
    assert KEY not in repr(config)
    (tmp_path / "links.key").write_text(f"{KEY}\n", "utf-8")
    config = loaded(tmp_path, "public_url: 'http://127.0.0.1:8080/vigilanza', pictures_key_file: links.key")
    assert config.web.pictures_key is not None
    assert config.web.pictures_key.reveal() == KEY
    assert load(tmp_path / "cameras.yaml", environ={}, offline=True).web.pictures_key is None


@pytest.mark.parametrize(
    ("web", "pictures", "told"),
    [
        ("port: 1", "pictures: 900", "destinations[0].pictures: needs web.public_url"),
        ("public_url: 'https://p.example'", "pictures: 900", "web.public_url: needs exactly one of pictures_key_env"),
        ("pictures_key_env: PICTURES_KEY", "standby: false", "web.pictures_key_env: signs links to pictures"),
        (f"{WEB}, pictures_key_file: x", "pictures: 900", "web.public_url: needs exactly one"),
        (WEB.replace("https", "http"), "pictures: 900", "web.public_url: pictures travel over https://"),
        (WEB.replace("org/", "org/?a=b"), "pictures: 900", "web.public_url: give scheme, host"),
        (WEB.replace("pictures.ex", "a:b@ex"), "pictures: 900", "web.public_url: credentials do not belong"),
        (WEB.replace("PICTURES", "SHORT"), "pictures: 900", "at least 32 characters"),
        (WEB.replace("PICTURES", "NO"), "pictures: 900", "NO_KEY is not set"),
        (WEB, "pictures: 59", "destinations[0].pictures: must be at least 60"),
        (WEB, "pictures: 3601", "destinations[0].pictures: must be at most 3600"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, web: str, pictures: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)) as raised:
        loaded(tmp_path, web, pictures)
    assert KEY[1:] not in str(raised.value)


def test_protocols_without_a_place_for_links_do_not_know_the_key(tmp_path: Path) -> None:
    hook = "kind: municipal_vms, channel: xprotect, url: 'http://x', plain_http: true, cameras: {a: 10.0.0.1}"
    with pytest.raises(ConfigError, match=r"destinations\[0\]\.pictures: unknown key"):
        loaded(tmp_path, WEB, hook=hook)
