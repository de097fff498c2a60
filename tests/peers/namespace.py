"""Two machines on one: this one, and a network namespace in which a program may listen on all addresses."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

OURS, THEIRS = "198.51.100.1", "198.51.100.2"
"""Of TEST-NET-2 (RFC 5737), which leads nowhere else."""


def why_not() -> str | None:
    """Why there can be no namespace here; None if there can."""
    if shutil.which("ip") is None:
        return "no `ip` here (Debian package iproute2)"
    if os.geteuid() != 0:
        return "one has to be root to make a network namespace"
    probe = ["unshare", "--net", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        return "this machine allows no network namespaces"
    return None


class Namespace:
    """From `with` to the end of it; programs started in it end with it."""

    def __init__(self) -> None:
        unique = secrets.token_hex(4)
        self.name, self.interface = f"vigilanza-{unique}", f"vg{unique}"
        """The namespace's name, and our end of the wire."""
        self._undoing = ExitStack()

    def __enter__(self) -> "Namespace":
        with ExitStack() as undoing:
            _ip("netns", "add", self.name)
            undoing.callback(_ip, "netns", "del", self.name)
            _ip("link", "add", self.interface, "type", "veth", "peer", "name", "eth0", "netns", self.name)
            undoing.callback(_ip, "link", "del", self.interface)  # with the namespace it would go later
            _ip("addr", "add", f"{OURS}/30", "dev", self.interface)
            _ip("link", "set", self.interface, "up")
            for command in (
                ("addr", "add", f"{THEIRS}/30", "dev", "eth0"),
                ("link", "set", "lo", "up"),
                ("link", "set", "eth0", "up"),
                ("route", "add", "default", "via", OURS),
            ):
                _ip("-n", self.name, *command)
            self._undoing = undoing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undoing.close()

    def start(self, command: Sequence[str | Path], *, folder: Path) -> "subprocess.Popen[bytes]":
        """Start a program in it, whose output goes to `folder`/output."""
        with (folder / "output").open("wb") as output:
            inside = ["nsenter", f"--net=/run/netns/{self.name}", *map(str, command)]
            process = subprocess.Popen(inside, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        self._undoing.callback(process.wait)
        self._undoing.callback(process.kill)
        return process


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=30)
