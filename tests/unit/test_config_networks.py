"""What `web.camera_networks` wants in the configuration."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from vigilanza.config import load
from vigilanza.config.networks import PRIVATE
from vigilanza.domain.errors import ConfigError


def written(folder: Path, web: str) -> Path:
    path = folder / "cameras.yaml"
    path.write_text(f"site: {{id: s, name: n}}\ncameras: [{{id: c, source: rtsp://h/x}}]\n{web}", "utf-8")
    return path


def test_without_a_word_they_are_the_private_ones(tmp_path: Path) -> None:
    private = tuple(map(ip_network, PRIVATE))
    for web in ("", "web: {port: 8081}\n"):
        assert load(written(tmp_path, web), environ={}).web.camera_networks == private
    assert not any(
        ip_network(other).overlaps(one) for one in private[:3] for other in ("127.0.0.0/8", "169.254.0.0/16")
    )


def test_they_are_what_is_named_and_none_if_none_is(tmp_path: Path) -> None:
    path = written(tmp_path, 'web: {camera_networks: [192.168.40.0/24, "fd00:1::/64"]}\n')
    assert load(path, environ={}).web.camera_networks == (ip_network("192.168.40.0/24"), ip_network("fd00:1::/64"))
    assert load(written(tmp_path, "web: {camera_networks: []}\n"), environ={}).web.camera_networks == ()


@pytest.mark.parametrize("network", ["192.168.40.1/24", "here", '"10.0.0.0/40"', '""'])
def test_what_is_none_is_refused_at_its_place(tmp_path: Path, network: str) -> None:
    with pytest.raises(ConfigError, match=r"web\.camera_networks\[0]: .*no network: write its first address"):
        load(written(tmp_path, f"web: {{camera_networks: [{network}]}}\n"), environ={})
