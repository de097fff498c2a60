"""Several sites and their centre on one machine: here is the centre, each site a namespace behind its own uplink."""

import secrets
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

HUB = "198.18.7.1"
"""Of the network for measurements (RFC 2544): those for examples may be in use on this machine."""


class SitesNetwork:
    """From `with` to the end of it; programs started at a site end with it."""

    def __init__(self, count: int) -> None:
        unique = secrets.token_hex(3)
        self._bridge = f"vgb{unique}"
        self.sites = [f"vgs{unique}-{number}" for number in range(count)]
        """The namespaces' names."""
        self._undoing = ExitStack()

    def cut(self) -> None:
        """No packet passes any uplink any more."""
        for site in self.sites:
            _ip("link", "set", _uplink(site), "down")

    def mend(self) -> None:
        """As before."""
        for site in self.sites:
            _ip("link", "set", _uplink(site), "up")

    def start(self, site: str, command: Sequence[str | Path], *, output: Path) -> "subprocess.Popen[bytes]":
        """Start a program there, whose output goes to the file `output`."""
        with output.open("wb") as stream:
            inside = ["nsenter", f"--net=/run/netns/{site}", *map(str, command)]
            process = subprocess.Popen(inside, stdout=stream, stderr=subprocess.STDOUT)
        self._undoing.callback(process.wait)
        self._undoing.callback(process.kill)
        return process

    def __enter__(self) -> "SitesNetwork":
        with ExitStack() as undoing:
            _ip("link", "add", self._bridge, "type", "bridge")
            undoing.callback(_ip, "link", "del", self._bridge)
            _ip("addr", "add", f"{HUB}/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
            for number, site in enumerate(self.sites):
                _ip("netns", "add", site)
                undoing.callback(_ip, "netns", "del", site)
                _ip("link", "add", _uplink(site), "type", "veth", "peer", "name", "eth0", "netns", site)
                undoing.callback(_ip, "link", "del", _uplink(site))  # with the namespace it would go later
                _ip("link", "set", _uplink(site), "master", self._bridge, "up")
                _ip("-n", site, "addr", "add", f"198.18.7.{number + 10}/24", "dev", "eth0")
                for device in ("lo", "eth0"):
                    _ip("-n", site, "link", "set", device, "up")
            self._undoing = undoing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undoing.close()


def _uplink(site: str) -> str:
    return site.replace("vgs", "vgu")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=30)
