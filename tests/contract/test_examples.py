"""What docs/examples shows is what is sent, and the tools of the other parties say so: by the commands of the page."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from tests.examples import DS, FOLDER, SENT_AT, cap_message, pulled, unchanging
from tests.fakes import FakeClock
from tests.house.tree import ROOT
from vigilanza.bridge.cap_signature import CapVerifier

PAGE = (ROOT / "docs" / "design" / "conformance.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### ([\w-]+\.\w+)\n(.*?)(?=^##)", PAGE, re.DOTALL | re.MULTILINE))
COMMANDS = [
    pytest.param(name, command, id=f"{name}-{number}")
    for name, text in SECTIONS.items()
    for number, command in enumerate(re.findall(r"```sh\n(.*?)```", text, re.DOTALL), start=1)
]
RENEW = "run: python -m tests.examples"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder like the repository's, with a copy of the examples."""
    for name in ("tests", "src"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(FOLDER, tmp_path / "docs" / "examples")
    return tmp_path


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environ = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    shell = ["bash", "-euo", "pipefail", "-c", command]
    return subprocess.run(shell, cwd=folder, env=environ, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_the_other_partys_tool_takes_the_example_and_no_spoilt_one(tree: Path, name: str, command: str) -> None:
    assert f"docs/examples/{name}" in command
    taken = run(command, tree)
    assert taken.returncode == 0, taken.stderr
    example = tree / "docs" / "examples" / name
    whole = example.read_bytes()
    example.write_bytes(spoilt(name, whole))
    assert example.read_bytes() != whole
    assert run(command, tree).returncode != 0


def spoilt(name: str, whole: bytes) -> bytes:
    """A name is changed: of an element, an attribute, or a code."""
    for before, after in (
        (b"<msgType>", b"<msgTypo>"),
        (b"</msgType>", b"</msgTypo>"),
        (b'"type"', b'"tipe"'),
        (b"BA12^", b"BB12^"),
        (b"Priority>", b"Prioritx>"),
        (b"tev:CurrentTime>", b"tev:CurrantTime>"),
    ):
        whole = whole.replace(before, after)
    return whole


def test_every_kind_of_example_has_a_command_or_says_why_not() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {*unchanging(), "cap.xml", "cap.pem", "onvif-pull.xml"}
    assert {param.values[0] for param in COMMANDS} == {name for name in files if name.endswith((".xml", ".frames"))} | {
        "webhook.json",
        "mqtt.json",
    }
    assert "`onvif-mqtt.json`" in PAGE


@pytest.mark.parametrize(("name", "content"), unchanging().items(), ids=unchanging())
def test_the_example_is_what_is_sent(name: str, content: bytes) -> None:
    assert (FOLDER / name).read_bytes() == content, RENEW


def test_the_cap_message_is_what_is_sent_and_ours() -> None:
    document = (FOLDER / "cap.xml").read_bytes()
    CapVerifier("comune", FOLDER / "cap.pem", FakeClock(SENT_AT)).verify(document)
    shown = etree.fromstring(document)
    shown.remove(shown.find(DS))
    assert etree.tostring(shown, method="c14n") == etree.tostring(cap_message(), method="c14n"), RENEW


def test_what_a_vms_pulls_is_what_is_shown() -> None:
    assert (FOLDER / "onvif-pull.xml").read_bytes() == pulled(), RENEW
