"""The site as an ONVIF device, in the configuration."""

import re
from pathlib import Path

import pytest

from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.config import advice, load
from vigilanza.domain.errors import ConfigError

ACCOUNT = "accounts: [{name: vms, password_env: ONVIF_VMS_PASSWORD}]"
PEM = "certificate_file: site.pem, key_file: site.key"
SECRETS = {"ONVIF_VMS_PASSWORD": "a long password"}


def written(folder: Path, device: str) -> Path:
    path = folder / "cameras.yaml"
    text = f"site: {{id: s, name: s}}\ncameras: [{{id: c, source: rtsp://h/x}}]\nonvif_device: {{{device}}}\n"
    path.write_text(text, "utf-8")
    for name in ("site.pem", "site.key"):
        (folder / name).write_text("", "utf-8")
    return path


def test_the_part_of_the_example_that_is_commented_out_loads_and_gives_the_true_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    part = re.search(r"(?m)^# onvif_device:.*\n(?:#.*\n)+", text)
    assert part is not None
    shown = text.replace(part[0], re.sub(r"(?m)^# ", "", part[0]))
    (tmp_path / "shown.yaml").write_text(shown, "utf-8")
    (tmp_path / "ca").mkdir()
    for name in ("site.pem", "site.key"):
        (tmp_path / "ca" / name).write_text("", "utf-8")
    device = load(tmp_path / "shown.yaml", environ=ENVIRON | SECRETS).onvif_device
    bare = load(written(tmp_path, f"{PEM}, {ACCOUNT}"), environ=SECRETS).onvif_device
    assert device is not None
    assert bare is not None
    assert (device.host, device.port, device.wsse_skew) == (bare.host, bare.port, bare.wsse_skew)
    assert device.discoverable is bare.discoverable is True
    assert device.certificate == tmp_path / "ca" / "site.pem"
    assert [(one.name, one.password.reveal()) for one in device.accounts] == [("vms", "a long password")]
    assert device.video == "rtsp://vms-proxy.example/{camera}"
    assert bare.video is None
    assert "a long password" not in repr(device)


def test_without_the_part_there_is_no_device() -> None:
    assert load(EXAMPLE, environ=ENVIRON).onvif_device is None


def test_in_the_clear_only_if_expressly_asked_for_and_with_a_warning(tmp_path: Path) -> None:
    config = load(written(tmp_path, f"plain_http: true, {ACCOUNT}"), environ=SECRETS)
    assert config.onvif_device is not None
    assert config.onvif_device.certificate is None
    assert any("onvif_device.plain_http" in line for line in advice(config))


def test_offline_needs_no_password(tmp_path: Path) -> None:
    assert load(written(tmp_path, f"{PEM}, {ACCOUNT}"), environ={}, offline=True).onvif_device is None


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (ACCOUNT, "onvif_device: give certificate_file and key_file"),
        (f"{ACCOUNT}, certificate_file: site.pem", "onvif_device: give certificate_file and key_file"),
        (f"{ACCOUNT}, {PEM}, plain_http: true", "certificate_file: counts for HTTPS only"),
        (f"{ACCOUNT}, certificate_file: no.pem, key_file: site.key", "certificate_file: no such file"),
        (f"{PEM}, accounts: []", "accounts: must have at least 1"),
        (PEM, "onvif_device.accounts: is missing"),
        (f"{PEM}, accounts: [{{name: vms}}]", "accounts[0]: give exactly one of password_env and password_file"),
        (f"{PEM}, accounts: [{{name: vms, password_env: NONE_SUCH}}]", "NONE_SUCH is not set"),
        (f"{PEM}, {ACCOUNT[:-1]}, {{name: vms, password_env: ONVIF_VMS_PASSWORD}}]", "already the name of another"),
        (f"{ACCOUNT}, {PEM}, wsse_skew: 301", "wsse_skew: must be at most 300"),
        (f"{ACCOUNT}, {PEM}, video: 'http://h/{{camera}}'", "video: give an rtsp:// or rtsps:// URL"),
        (f"{ACCOUNT}, {PEM}, video: 'rtsp://h/all'", "the path must hold {camera}"),
        (f"{ACCOUNT}, {PEM}, video: 'rtsp://u:p@h/{{camera}}'", "credentials do not belong in a URL"),
        (f"{ACCOUNT}, {PEM}, vido: x", 'unknown key "vido", did you mean "video"?'),
    ],
)
def test_what_is_wrong_is_told(device: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, device), environ=SECRETS)
    assert said in str(caught.value)
    assert "u:p@" not in str(caught.value)
