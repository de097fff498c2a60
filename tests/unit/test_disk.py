"""What other accounts and whoever takes the disk could read is told, as far as the machine tells it."""

import os
from pathlib import Path

import pytest

from tests.unit.test_config_errors import GOOD
from vigilanza.app.disk import exposed, is_encrypted
from vigilanza.config import Config, load

LUKS, LVM, VERITY = "CRYPT-LUKS2-0123-data", "LVM-abcd", "CRYPT-VERITY-0123-root"


class Machine:
    """The kernel's account of its disks: /sys, as far as it is read."""

    def __init__(self, root: Path) -> None:
        self.devices, self._all = root / "dev" / "block", root / "devices"
        self.devices.mkdir(parents=True)

    def disk(self, name: str, *, of: str = "", uuid: str = "", slaves: tuple[str, ...] = ()) -> str:
        """A device; `of` makes it a partition of that one."""
        device = self._all / of / name
        (device / "slaves").mkdir(parents=True)
        if of:
            (device / "partition").touch()
        if uuid:
            (device / "dm").mkdir()
            (device / "dm" / "uuid").write_text(f"{uuid}\n", "utf-8")
        for slave in slaves:
            (device / "slaves" / Path(slave).name).symlink_to(self._all / slave)
        return f"{of}/{name}" if of else name

    def carries(self, place: Path, device: str) -> None:
        """The file system of `place` lies on it."""
        number = place.stat().st_dev
        (self.devices / f"{os.major(number)}:{os.minor(number)}").symlink_to(self._all / device)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "sys")


def config(folder: Path) -> Config:
    (folder / "cameras.yaml").write_text(GOOD, "utf-8")
    return load(folder / "cameras.yaml", environ={})


def test_a_machine_that_does_not_tell_is_not_judged(tmp_path: Path, machine: Machine) -> None:
    assert is_encrypted(tmp_path, devices=machine.devices) is None
    assert list(exposed(config(tmp_path), devices=machine.devices)) == []


def test_a_bare_partition_is_told(tmp_path: Path, machine: Machine) -> None:
    machine.disk("nvme0n1")
    machine.carries(tmp_path, machine.disk("nvme0n1p2", of="nvme0n1"))
    assert is_encrypted(tmp_path / "not" / "there" / "yet", devices=machine.devices) is False
    told = list(exposed(config(tmp_path), devices=machine.devices))
    assert [line.partition(":")[0] for line in told] == ["storage.media, state, database"]
    assert "whoever takes the disk has it" in told[0]


def test_luks_is_seen_beneath_volumes_and_arrays(tmp_path: Path, machine: Machine) -> None:
    for disk in ("sda", "sdb"):
        part = machine.disk(f"{disk}1", of=machine.disk(disk))
        machine.disk(f"crypt-{disk}", uuid=LUKS, slaves=(part,))
    machine.disk("md0", slaves=("crypt-sda", "crypt-sdb"))
    machine.carries(tmp_path, machine.disk("volume", uuid=LVM, slaves=("md0",)))
    assert is_encrypted(tmp_path, devices=machine.devices) is True
    assert list(exposed(config(tmp_path), devices=machine.devices)) == []


def test_a_volume_of_which_one_half_is_bare_is_told(tmp_path: Path, machine: Machine) -> None:
    machine.disk("crypt", uuid=LUKS, slaves=(machine.disk("sda"),))
    machine.carries(tmp_path, machine.disk("volume", uuid=LVM, slaves=("crypt", machine.disk("sdb"))))
    assert is_encrypted(tmp_path, devices=machine.devices) is False


def test_a_disk_that_is_only_checked_is_not_encrypted(tmp_path: Path, machine: Machine) -> None:
    machine.carries(tmp_path, machine.disk("root", uuid=VERITY, slaves=(machine.disk("sda"),)))
    assert is_encrypted(tmp_path, devices=machine.devices) is False


def test_folders_that_others_may_enter_are_told(tmp_path: Path, machine: Machine) -> None:
    counts = config(tmp_path)
    counts.storage.media.mkdir(parents=True, mode=0o755)
    counts.storage.state.mkdir(mode=0o700)
    (told,) = exposed(counts, devices=machine.devices)
    assert told == (
        f"storage.media: other accounts of this machine may look into {counts.storage.media}: "
        f"chmod -R go= {counts.storage.media}"
    )
