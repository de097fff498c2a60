"""A network of its own with a name server in it: what a test does there is resolved as on any machine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.peers.installed import need_namespaces

HERE = Path(__file__).parents[1]


def run_inside(scenario: Callable[[], None], folder: Path, *, options: str = "timeout:1 attempts:1") -> None:
    """Call a function of a module in such a network; it starts the name server, at 127.0.0.1.

    `options` are those of resolv.conf(5). The function's own assertions decide.
    """
    need_namespaces()
    (folder / "resolv.conf").write_text(f"nameserver 127.0.0.1\noptions {options}\n", encoding="ascii")
    (folder / "nsswitch.conf").write_text("hosts: files dns\n", encoding="ascii")
    laid = " && ".join(f"mount --bind {folder / name} /etc/{name}" for name in ("resolv.conf", "nsswitch.conf"))
    call = f"from {scenario.__module__} import {scenario.__name__}; {scenario.__name__}()"
    prepared = ["unshare", "--net", "--mount", "sh", "-c", f'ip link set lo up && {laid} && exec "$@"', "sh"]
    done = subprocess.run(
        [*prepared, sys.executable, "-c", call],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
