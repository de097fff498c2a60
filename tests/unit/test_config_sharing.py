"""Boxes that share the cameras of a site, in the configuration."""

import re
from pathlib import Path

import pytest

from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.app.share import shares_of
from vigilanza.config import Config, load
from vigilanza.domain.errors import ConfigError

POSTGRES = "storage: {database: postgresql://db/vigilanza}"
NATS = "nats: {servers: [tls://nats.site.example:4222]}"


def written(folder: Path, sharing: str, more: str = POSTGRES, cameras: int = 2) -> Path:
    path = folder / "cameras.yaml"
    listed = ", ".join(f"{{id: cam-{number}, source: rtsp://h/{number}}}" for number in range(cameras))
    text = f"site: {{id: s, name: s}}\ncameras: [{listed}]\nsharing: {{{sharing}}}\n{more}\n"
    path.write_text(text, "utf-8")
    return path


def loaded(folder: Path, sharing: str, more: str = POSTGRES, cameras: int = 2) -> Config:
    return load(written(folder, sharing, more, cameras), environ={})


def test_the_part_of_the_example_that_is_commented_out_loads_and_gives_the_true_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("sqlite:///../var/vigilanza.db  ", "postgresql://db/vigilanza  ")
    part = re.search(r"(?m)^# sharing:.*\n(?:#.*\n)+", text)
    assert part is not None
    (tmp_path / "shared.yaml").write_text(text.replace(part[0], re.sub(r"(?m)^# ", "", part[0])), "utf-8")
    (tmp_path / "ca").mkdir()
    for name in ("nats.pem", "box.pem"):
        (tmp_path / "ca" / name).write_text("", "utf-8")
    shown = load(tmp_path / "shared.yaml", environ=ENVIRON | {"NATS_PASSWORD": "secret"}).sharing
    bare = loaded(tmp_path, f"box: a, {NATS}").sharing
    assert shown is not None
    assert bare is not None
    assert (shown.box, shown.capacity, shown.replicas) == (bare.box, bare.capacity, bare.replicas) == ("a", 16, 1)
    assert (shown.nats.user, shown.nats.password) == ("box", "secret")
    assert (bare.nats.user, bare.nats.ca_file, bare.nats.client_certificate) == (None, None, None)
    assert "secret" not in repr(shown)


@pytest.mark.parametrize("more", ["", "storage: {database: 'sqlite:///var/vigilanza.db'}"])
def test_boxes_that_share_cameras_need_one_postgresql(tmp_path: Path, more: str) -> None:
    with pytest.raises(ConfigError, match="boxes that share cameras need one PostgreSQL"):
        loaded(tmp_path, f"box: a, {NATS}", more)


@pytest.mark.parametrize("box", ["''", "a.1", "-a", "a" * 33])
def test_a_box_has_a_name_that_can_be_a_key(tmp_path: Path, box: str) -> None:
    with pytest.raises(ConfigError, match=r"sharing\.box"):
        loaded(tmp_path, f"box: {box}, {NATS}")


def test_the_rules_of_the_line_to_nats_hold_here_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sharing\.nats\.servers\[0\]: nats:// is not encrypted"):
        loaded(tmp_path, "box: a, nats: {servers: ['nats://nats.site.example:4222']}")


def test_no_password_goes_over_a_line_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret", "utf-8")
    way = "servers: ['nats://nats.site.example:4222'], plain: true, user: box, password_file: password"
    with pytest.raises(ConfigError, match=r"sharing\.nats\.servers\[0\]: over nats:// everybody on the way"):
        loaded(tmp_path, f"box: a, nats: {{{way}}}")
    loaded(tmp_path, f"box: a, nats: {{{way.replace('nats.site.example', '127.0.0.1')}}}")


def test_a_box_starts_as_many_processes_as_its_capacity_needs_each_under_a_name_of_its_own(tmp_path: Path) -> None:
    more = f"{POSTGRES}\ncapture: {{cameras_per_process: 8}}"
    config = loaded(tmp_path, f"box: a, capacity: 20, {NATS}", more, cameras=100)
    assert config.sharing is not None
    shares = shares_of(config)
    assert [share.box(config.sharing) for share in shares] == ["a.1", "a.2", "a.3"]
    assert [share.capacity(config.sharing) for share in shares] == [7, 7, 6]
    few = loaded(tmp_path, f"box: a, capacity: 20, {NATS}", more, cameras=3)
    assert few.sharing is not None
    assert [(share.box(few.sharing), share.capacity(few.sharing)) for share in shares_of(few)] == [("a", 20)]
