"""A disk of its own for the box: it can be full, stand still, fall out of use, and lose its power."""

import fcntl
import os
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

_FREEZE, _THAW, _SHUTDOWN = 0xC0045877, 0xC0045878, 0x8004587D
"""ioctl numbers: FIFREEZE, FITHAW of linux/fs.h, EXT4_IOC_SHUTDOWN of ext4."""
_WITHOUT_LOG = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: not even the file system's own journal is brought to an end, as when the power goes."""
_BLOCK_BYTES = 64 * 1024


class DiskError(Exception):
    """There is no such disk on this machine, and why."""


class Disk:
    """ext4 in a file, mounted by a loop device: what `fsync` has not put there, a power cut takes.

    Needs root. DiskError if the machine makes none.
    """

    def __init__(self, image: Path, place: Path, *, megabytes: int) -> None:
        """Made and mounted at `place`."""
        self.place, self._image = place, image
        if os.geteuid() != 0:
            raise DiskError("a disk of its own needs root")
        with image.open("wb") as file:
            file.truncate(megabytes * 1_000_000)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        place.mkdir(exist_ok=True)
        self.mount()

    def mount(self) -> None:
        """Use it (again), after it was looked over as a machine does when it starts."""
        code = _code("e2fsck", "-p", str(self._image))
        if code not in (0, 1):
            raise DiskError(f"e2fsck -p gave {code}")
        _run("mount", "-o", "loop,data=ordered", str(self._image), str(self.place))
        try:
            (self.place / "lost+found").chmod(0o700)
        except OSError as error:  # what is still mounted elsewhere comes back as it was left
            why = f"{error.strerror} after it was mounted anew: has a program a mount namespace of its own? lsns -t mnt"
            raise DiskError(f"{self.place}: {why}") from error

    def unmount(self) -> None:
        """Nobody may use it any more."""
        _run("umount", str(self.place))

    def close(self) -> None:
        """Away with it, whatever became of it."""
        with suppress(OSError):
            self.thaw()
        if self.place.is_mount():
            self.unmount()

    def fill(self) -> None:
        """Not a byte is left."""
        with (self.place / "filling").open("ab", buffering=0) as file, suppress(OSError):
            for size in (_BLOCK_BYTES, 512, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
            os.fsync(file.fileno())

    def empty(self) -> None:
        """There is room again."""
        (self.place / "filling").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Whoever writes waits."""
        self._ioctl(_FREEZE, 0)

    def thaw(self) -> None:
        """And goes on. OSError if it does not stand still."""
        self._ioctl(_THAW, 0)

    def abort(self) -> None:
        """An error of the disk: the system lets nobody write to it any more, until it is mounted anew."""
        _run("mount", "-o", "remount,abort", str(self.place))

    def cut(self) -> None:
        """The power goes: nothing more reaches it. It has to be unmounted and mounted anew."""
        self._ioctl(_SHUTDOWN, struct.pack("I", _WITHOUT_LOG))

    def _ioctl(self, number: int, given: int | bytes) -> None:
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, number, given)
        finally:
            os.close(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DiskError(f"{command[0]}: {done.stderr.strip() or done.returncode}")


def _code(*command: str) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode
