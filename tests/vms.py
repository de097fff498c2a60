"""A VMS made of somebody's ONVIF library, as a process of its own that tells in lines of JSON what happens to it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.commands import wait_until
from tests.peers.installed import HERE, module_of, node, python_of

LIBRARIES = ("onvif-zeep-async", "onvif-python", "npm onvif")


def program(library: str) -> Sequence[str | Path]:
    """Skips the test where the library is not installed; the first one always is."""
    if library == "onvif-python":
        return [python_of("onvif-python"), HERE / "onvif_python_vms.py"]
    if library == "npm onvif":
        return [node(), HERE / "onvif_node_vms.js", module_of("onvif")]
    return [sys.executable, HERE / "onvif_zeep_vms.py"]


class LibraryVms:
    """From `with` to the end of it."""

    def __init__(self, library: str, *, port: int, user: str, password: str, folder: Path) -> None:
        """`folder` gets what it tells."""
        self._command = [*map(str, program(library)), "127.0.0.1", str(port), user]
        self._environ = os.environ | {"ONVIF_PASSWORD": password}
        self._out = folder / "vms.out"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "LibraryVms":
        with self._out.open("wb") as out:
            self._process = subprocess.Popen(self._command, env=self._environ, stdout=out)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        if error is not None:
            print(*self.told(), sep="\n")

    def told(self) -> list[dict[str, Any]]:
        """Everything so far."""
        lines = self._out.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def tells(self, what: str, is_it: Callable[[dict[str, Any]], bool], *, after: int = 0) -> dict[str, Any]:
        """The first of what it tells that `is_it`, once it is there; `after` so many lines."""
        return wait_until(
            f"the VMS to tell of {what}", lambda: next((one for one in self.told()[after:] if is_it(one)), None)
        )
