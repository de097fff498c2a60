"""A door's contact in the configuration."""

from pathlib import Path

import pytest

from vigilanza.config import load
from vigilanza.domain.door import Contact
from vigilanza.domain.errors import ConfigError

LEAF = "leaf: [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7]]"


def written(folder: Path, *, source: str = "onvif://h", role: str = "sealed", contact: str) -> Path:
    path = folder / "cameras.yaml"
    door = f"{{id: B.03.12, role: {role}, {LEAF}, contact: {contact}}}"
    path.write_text(f"site: {{id: s, name: s}}\ncameras: [{{id: b3, source: {source}, doors: [{door}]}}]\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("contact", "meant"),
    [
        ("{input: DI1}", Contact("DI1", True)),
        ("{input: DI1, open_when: high}", Contact("DI1", True)),
        ("{input: DI1, open_when: low}", Contact("DI1", False)),
    ],
)
def test_a_contact_is_an_input_and_the_state_it_has_while_the_door_is_open(
    contact: str, meant: Contact, tmp_path: Path
) -> None:
    assert load(written(tmp_path, contact=contact), environ={}).cameras[0].doors[0].contact == meant


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"source": "rtsp://h/x"}, "cameras[0].doors[0].contact: only a camera asked by ONVIF tells of contacts"),
        ({"role": "neighbour"}, "cameras[0].doors[0].contact: only sealed doors are watched"),
        ({"contact": "{open_when: high}"}, "cameras[0].doors[0].contact.input: "),
        ({"contact": "{input: DI1, open_when: ajar}"}, "cameras[0].doors[0].contact.open_when: "),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, **{"contact": "{input: DI1}", **given}), environ={})
    assert told in str(caught.value)
