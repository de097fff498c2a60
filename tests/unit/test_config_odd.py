"""Whatever is in a file of ours: it is read, or refused with what is wrong with it, and nothing else happens."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given

from tests.soak import EXAMPLES
from tests.spoilt import NUMBERS, refusal, spoilt
from tests.unit.test_config_errors import DESTINATION, ENVIRON, GOOD, complaint
from tests.unit.test_config_example import ENVIRON as EXAMPLE_ENVIRON
from tests.unit.test_config_example import EXAMPLE
from vigilanza.config import load
from vigilanza.config.rehearsal import load_rehearsal
from vigilanza.domain.errors import ConfigError


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "document: must be a mapping"),
        (b"just words", "document: must be a mapping"),
        (b"- a\n- b\n", "document: must be a mapping"),
        (b"site: \xff\xfe\n", "1:7: not UTF-8 text"),
        (b"site: \x01\n", "a character that YAML does not allow"),
        (b"a: &a [1]\nb: [*a, *a]\n", "1:4: anchors"),
        (b"[" * 5000, "1:21: nested deeper than 20 levels"),
        (b"a: 1\n---\nb: 2\n", "expected a single document"),
        (b"a: 0x" + b"f" * 9000, "the number is too large"),
        (b"a: " + b"9" * 9000, "the number is too large"),
        (b"a: 1" + b":1" * 400_000, "the number is too large"),
        (b"a: 1" + b":1" * 400 + b".5", "the number is too large"),
        (b"a: 1" + b":1" * 40 + b".5", 'unknown key "a"'),
        (b'a: !!int ""', "1:1: a: not a number"),
        (b"a: !!bool maybe", "1:1: a: not a number, nor true or false"),
        (b'a: "\\U0011ffff"', "1:7: \\U and eight digits"),
        (b'a: "\\ud800"', "1:1: a: \\u with half"),
        (b'"\\ud800": 1', "half a character"),
        (b"? [a, b]\n: 1\n", "unknown key"),
        (b"#" * 1_000_001, "larger than 1000000 bytes"),
    ],
)
def test_odd_files_are_refused(raw: bytes, told: str, tmp_path: Path) -> None:
    assert told in complaint(tmp_path, raw)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.yaml", environ={})
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, environ={})


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000])
def test_a_file_whose_name_is_too_long_is_none(name: str, tmp_path: Path) -> None:
    text = GOOD.replace("rtsp://127.0.0.1:8554/main", name)
    assert "cameras[0].source: no such file" in complaint(tmp_path, text)


YAML_WORDS = (
    *NUMBERS,
    *(
        b"",
        b"&a",
        b"*a",
        b"<<",
        b"? ",
        b"- ",
        b": ",
        b"{",
        b"[",
        b"]",
        b"}",
        b"|",
        b">",
        b"#",
        b"---",
        b"...",
        b"%YAML 1.2",
    ),
    *(
        b'!!int ""',
        b"!!float x",
        b"!!bool maybe",
        b"!!set {}",
        b"!!binary =",
        b"!!python/object:os.system",
        b"!<",
        b"!",
    ),
    *(b'"\\U0011ffff"', b'"\\ud800"', b'"\\0"', b"~", b"yes", b".nan", b".inf", b"1:30", b"1" + b":1" * 60, b"1:1.5"),
    *(b"2026-02-30", b"2026-11-22T02:14:07Z", b"x" * 5000, b"[" * 30, b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x85", b"\t"),
    *(b"rtsp://[", b"rtsp://a:b@c/", b"onvif://:0", b"https://x:99999/", b"https://[::1", b"sqlite:///", b"../.."),
)
PLAIN = "\n".join(line for line in EXAMPLE.read_text("utf-8").splitlines() if line.strip() and line.lstrip()[0] != "#")
CONFIGURATIONS = [GOOD.encode(), (GOOD + DESTINATION).encode(), PLAIN.encode()]
SCENE = (EXAMPLE.parent / "scene.yaml").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odd")


@EXAMPLES
@given(raw=spoilt(CONFIGURATIONS, YAML_WORDS))
def test_a_spoilt_configuration_is_read_or_refused(raw: bytes, folder: Path) -> None:
    for offline in (False, True):
        work = partial(load, folder / "cameras.yaml", environ=ENVIRON | EXAMPLE_ENVIRON, offline=offline, raw=raw)
        told = refusal(work, ConfigError)
        assert told is None or told.encode().startswith(f"{folder}/cameras.yaml:".encode())


@EXAMPLES
@given(raw=spoilt([SCENE], YAML_WORDS))
def test_a_spoilt_scene_is_read_or_refused(raw: bytes, folder: Path) -> None:
    path = folder / "scene.yaml"
    path.write_bytes(raw)
    told = refusal(partial(load_rehearsal, path, environ={}), ConfigError)
    assert told is None or told.encode().startswith(f"{path}:".encode())
