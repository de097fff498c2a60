"""A new camera in the YAML's text: where it goes, and that nothing else moves."""

from pathlib import Path

import pytest
import yaml

from tests.drawn_site import TEXT
from vigilanza.config.enrol import NewCamera, enrol
from vigilanza.domain.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "config" / "cameras.yaml"
FLAT = """\
cameras:
# the ones upstairs
- id: a
  source: rtsp://10.0.0.1/a
  doors:
  - {id: d, role: other, leaf: [[0, 0], [1, 0], [1, 1]]}

# what comes after the cameras
site: {id: x, name: y}
"""


@pytest.mark.parametrize("text", [TEXT, EXAMPLE.read_text("utf-8"), FLAT, "cameras:\n  - {id: a, source: b}"])
def test_it_comes_last_and_every_line_stays(text: str) -> None:
    camera = NewCamera("b", "onvif://10.0.0.7", "vigil: #1 'x'", "secrets/b.password", tls_name="IP CAM")
    new = enrol(text, camera)
    before, after = yaml.safe_load(text), yaml.safe_load(new)
    assert after == {**before, "cameras": [*before["cameras"], camera.part()]}
    lines = new.splitlines()
    kept = [line for line in text.splitlines() if line in lines and not lines.remove(line)]  # type: ignore[func-returns-value]
    assert kept == text.splitlines()
    assert len(lines) == 6


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ConfigError, match="b: change it by hand"):
        enrol("cameras: [", NewCamera("b", "onvif://10.0.0.7"))
