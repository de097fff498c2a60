"""Live video, in the configuration."""

import re
from pathlib import Path

import pytest

from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.config import Video, advice, load
from vigilanza.domain.errors import ConfigError

ACCOUNT = "accounts: [{name: vms, password_env: VMS_PASSWORD}]"
PEM = "certificate_file: site.pem, key_file: site.key"
OTHER = "certificate_file: other.pem, key_file: other.key"
SECRETS = {"VMS_PASSWORD": "a long password", "OTHER_PASSWORD": "another one", "ONVIF_VMS_PASSWORD": "a long password"}


def written(folder: Path, video: str, device: str | None = None) -> Path:
    path = folder / "cameras.yaml"
    cameras = "[{id: a, source: rtsp://h/a}, {id: b, source: rtsp://h/b}]"
    more = "" if device is None else f"onvif_device: {{{device}}}\n"
    text = f"site: {{id: s, name: s}}\ncameras: {cameras}\nvideo: {{{video}}}\n{more}"
    path.write_text(text, "utf-8")
    for name in ("site.pem", "site.key", "other.pem", "other.key"):
        (folder / name).write_text("", "utf-8")
    return path


def loaded(folder: Path, video: str, device: str | None = None) -> Video:
    found = load(written(folder, video, device), environ=SECRETS).video
    assert found is not None
    return found


def test_the_part_of_the_example_that_is_commented_out_loads_and_gives_the_true_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    part = re.search(r"(?m)^# video:.*\n(?:#.*\n)+", text)
    assert part is not None
    (tmp_path / "shown.yaml").write_text(text.replace(part[0], re.sub(r"(?m)^# ", "", part[0])), "utf-8")
    (tmp_path / "ca").mkdir()
    for name in ("site.pem", "site.key"):
        (tmp_path / "ca" / name).write_text("", "utf-8")
    shown = load(tmp_path / "shown.yaml", environ=ENVIRON | SECRETS).video
    bare = loaded(tmp_path, f"{PEM}, {ACCOUNT}")
    assert shown is not None
    assert (shown.host, shown.port) == (bare.host, bare.port)
    assert shown.certificate == tmp_path / "ca" / "site.pem"
    (account,) = shown.accounts
    assert (account.name, account.password.reveal(), account.cameras) == (
        "vms",
        "a long password",
        frozenset({"b4-landing"}),
    )
    assert bare.accounts[0].cameras is None
    assert account.cameras is not None
    assert "b3-landing" not in account.cameras
    assert "a long password" not in repr(shown)


def test_without_the_part_nobody_watches_and_offline_needs_no_password(tmp_path: Path) -> None:
    assert load(EXAMPLE, environ=ENVIRON).video is None
    assert load(written(tmp_path, f"{PEM}, {ACCOUNT}"), environ={}, offline=True).video is None


def test_what_is_left_out_is_that_of_the_onvif_device(tmp_path: Path) -> None:
    device = f"{ACCOUNT}, {PEM}"
    video = loaded(tmp_path, "port: 8322", device)
    assert [(one.name, one.password.reveal(), one.cameras) for one in video.accounts] == [
        ("vms", "a long password", None)
    ]
    assert (video.certificate, video.key) == (tmp_path / "site.pem", tmp_path / "site.key")
    own = loaded(tmp_path, f"{OTHER}, accounts: [{{name: room, password_env: OTHER_PASSWORD}}]", device)
    assert [one.name for one in own.accounts] == ["room"]
    assert own.certificate == tmp_path / "other.pem"
    assert loaded(tmp_path, "plain_rtsp: true", device).certificate is None
    assert loaded(tmp_path, PEM, f"{ACCOUNT}, plain_http: true").accounts[0].name == "vms"


def test_in_the_clear_only_if_expressly_asked_for_and_with_a_warning(tmp_path: Path) -> None:
    config = load(written(tmp_path, f"plain_rtsp: true, {ACCOUNT}"), environ=SECRETS)
    assert config.video is not None
    assert config.video.certificate is None
    assert any("video.plain_rtsp" in line for line in advice(config))


@pytest.mark.parametrize(
    ("video", "device", "said"),
    [
        (ACCOUNT, None, "video: give certificate_file and key_file (or plain_rtsp: true"),
        (f"{ACCOUNT}, certificate_file: site.pem", None, "video: give certificate_file and key_file"),
        (f"{ACCOUNT}, certificate_file: site.pem", f"{ACCOUNT}, {PEM}", "video: give certificate_file and key_file"),
        ("port: 8322", f"{ACCOUNT}, plain_http: true", "video: give certificate_file and key_file"),
        (f"{ACCOUNT}, {PEM}, plain_rtsp: true", None, "video.certificate_file: counts for RTSPS only"),
        (f"{ACCOUNT}, certificate_file: no.pem, key_file: site.key", None, "certificate_file: no such file"),
        (PEM, None, "video: give accounts (or onvif_device"),
        (f"{PEM}, accounts: []", None, "video.accounts: must have at least 1"),
        (f"{PEM}, accounts: [{{name: vms}}]", None, "video.accounts[0]: give exactly one of password_env"),
        (f"{PEM}, accounts: [{{name: vms, password_env: NONE_SUCH}}]", None, "NONE_SUCH is not set"),
        (f"{PEM}, {ACCOUNT[:-1]}, {{name: vms, password_env: VMS_PASSWORD}}]", None, "the name of another account"),
        (f"{PEM}, {ACCOUNT[:-2]}, cameras: [a, c]}}]", None, 'accounts[0].cameras[1]: no camera has the id "c"'),
        (f"{PEM}, {ACCOUNT[:-2]}, cameras: []}}]", None, "accounts[0].cameras: must have at least 1"),
        (f"{PEM}, port: 0", f"{ACCOUNT}, {PEM}", "video.port: onvif_device tells this port to others"),
        (f"{PEM}, {ACCOUNT}, prot: 1", None, 'unknown key "prot", did you mean "port"?'),
    ],
)
def test_what_is_wrong_is_told(video: str, device: str | None, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, video, device), environ=SECRETS)
    assert said in str(caught.value)
    assert re.search(r"cameras\.yaml:[34]:\d+: ", str(caught.value)), "the line is told"
