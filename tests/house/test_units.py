"""The systemd units: what systemd itself says of them, and that no part may more than its siblings."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from vigilanza.app.supervisor import EXIT_CONFIG, PATIENCE_S

FOLDER = ROOT / "packaging" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
EXPOSURE_MAX = 2.0
"""Of 10, as `systemd-analyze security` reckons it; a service without a sandbox has 9.6."""
OWN = {"ExecStart", "MemoryMax", "TasksMax", "SystemCallFilter", "ProtectClock", "Description", "After"}
"""What may differ between the parts."""


class _Unit(configparser.RawConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(path: Path) -> dict[str, dict[str, str]]:
    """By section and key; the last of several counts."""
    read = _Unit(strict=False, interpolation=None)
    read.read(path)
    return {section: dict(read[section]) for section in read.sections()}


def analysed(*arguments: str, path: Path, folder: Path) -> str:
    """What systemd-analyze says of it, with a program that is there in the place of ours. Fails if it says no."""
    tool = shutil.which("systemd-analyze")
    assert tool, "systemd-analyze is missing: scripts/system-packages test"
    stand_in = folder / path.name
    stand_in.write_text(path.read_text("utf-8").replace("/opt/vigilanza/bin/vigilanza", "/bin/true"), "utf-8")
    ended = subprocess.run([tool, *arguments, str(stand_in)], capture_output=True, text=True, check=False, timeout=60)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    return said


def test_there_is_one_for_each_part() -> None:
    assert [path.stem.removeprefix("vigilanza-") for path in UNITS] == ["centre", "relay", "video", "watch", "web"]
    for path in UNITS:
        part = path.stem.removeprefix("vigilanza-")
        started = unit(path)["Service"]["ExecStart"]
        assert started == f"/opt/vigilanza/bin/vigilanza {part} --config /etc/vigilanza/site.yaml"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_takes_it(path: Path, tmp_path: Path) -> None:
    assert analysed("verify", "--man=no", path=path, folder=tmp_path) == ""


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_little_that_it_could_do(path: Path, tmp_path: Path) -> None:
    said = analysed("security", "--offline=true", "--no-pager", path=path, folder=tmp_path)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= EXPOSURE_MAX


def test_no_part_may_more_than_its_siblings() -> None:
    settings = {path.stem: unit(path) for path in UNITS}
    first, *others = settings.values()
    for other in others:
        for section in first:
            assert {k: v for k, v in other[section].items() if k not in OWN} == {
                k: v for k, v in first[section].items() if k not in OWN
            }
    common = first["Service"]
    assert (common["CapabilityBoundingSet"], common["User"]) == ("", "vigilanza")
    assert all(common[key] == "yes" for key in ("NoNewPrivileges", "ProtectHome", "PrivateDevices", "PrivateTmp"))
    assert (common["ProtectSystem"], common["UMask"], common["MemorySwapMax"]) == ("strict", "0077", "0")


def test_a_part_is_given_the_time_it_needs_and_a_wrong_configuration_is_not_tried_again() -> None:
    for path in UNITS:
        service = unit(path)["Service"]
        assert float(service["TimeoutStopSec"]) > PATIENCE_S
        assert service["RestartPreventExitStatus"] == str(EXIT_CONFIG)
        assert (service["Restart"], unit(path)["Unit"]["StartLimitIntervalSec"]) == ("always", "0")


def test_no_secret_stands_in_a_unit() -> None:
    for path in UNITS:
        assert "Environment" not in unit(path)["Service"]
        assert unit(path)["Service"]["EnvironmentFile"] == "-/etc/vigilanza/environment"
