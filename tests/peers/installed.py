"""Other makers' programs, where they are installed. `make test-peers` installs them, and wants every one to be met."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.peers.namespace import why_not

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".onvif-peers"


def lacking(why: str) -> NoReturn:
    """Skip the test; fail it where all are to be met (VIGILANZA_PEERS=required): a green run has met them then."""
    if os.environ.get("VIGILANZA_PEERS") == "required":
        pytest.fail(why)
    pytest.skip(why)


def python_of(peer: str) -> Path:
    """The interpreter of a peer's own environment."""
    return _needed(PEERS / peer / "bin" / "python")


def node() -> str:
    """The program; Debian's package is nodejs."""
    found = shutil.which("node")
    return lacking("no `node` here (Debian package nodejs)") if found is None else found


def module_of(peer: str) -> Path:
    """Of npm."""
    return _needed(PEERS / "node" / "node_modules" / peer)


def need_namespaces() -> None:
    """A network namespace can be made."""
    if (reason := why_not()) is not None:
        lacking(reason)


def _needed(path: Path) -> Path:
    if not path.exists():
        lacking(f"{path.relative_to(PEERS.parent)} is not installed: make test-peers")
    return path
