"""What an rtsps:// or onvifs:// camera needs in the configuration."""

from pathlib import Path

import pytest

from vigilanza.config import load
from vigilanza.domain.errors import ConfigError


def written(folder: Path, camera: str) -> Path:
    path = folder / "cameras.yaml"
    path.write_text(f"site: {{id: s, name: s}}\ncameras: [{{id: b3, {camera}}}]\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("camera", "told"),
    [
        ("source: rtsps://h/x", "cameras[0].source: rtsps:// needs ca_file: the PEM of the camera's authority"),
        ("source: rtsp://h/x, tls_name: X", "cameras[0].tls_name: counts for rtsps:// and onvifs:// only"),
        ("source: rtsp://h/x, ca_file: b3.pem", "cameras[0].ca_file: counts for rtsps:// and onvifs:// only"),
        ("source: rtsps://h/x, ca_file: none.pem", "cameras[0].ca_file: no such file"),
        ("source: rtsps://h/x, ca_file: b3.pem, transport: udp", "transport: over UDP the pictures of an rtsps://"),
        ("source: rtsp://h/x, substream: rtsps://h/y", "cameras[0].substream: rtsps:// needs ca_file"),
        ("source: onvifs://h", "cameras[0].source: onvifs:// needs ca_file: the PEM of the camera's authority"),
        ("source: onvifs://me:pw@h, ca_file: b3.pem", "cameras[0].source: credentials do not belong in a URL"),
    ],
)
def test_what_is_wrong_is_told(camera: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "b3.pem").write_text("", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, camera), environ={})
    assert told in str(caught.value)


def test_a_camera_is_known_by_its_file_and_name(tmp_path: Path) -> None:
    (tmp_path / "b3.pem").write_text("", "utf-8")
    camera = load(written(tmp_path, "source: rtsps://h/x, ca_file: b3.pem, tls_name: IPCAM"), environ={}).cameras[0]
    assert (camera.ca_file, camera.tls_name) == (tmp_path / "b3.pem", "IPCAM")


def test_a_camera_asked_by_https_has_the_streams_of_any_that_is_asked_by_onvif(tmp_path: Path) -> None:
    (tmp_path / "b3.pem").write_text("", "utf-8")
    camera = load(written(tmp_path, "source: 'onvifs://h:444', ca_file: b3.pem"), environ={}).cameras[0]
    assert (camera.source, camera.analysed) == ("onvifs://h:444/main", "onvifs://h:444/sub")
