"""Processes of the drill: forked from one that has imported what they need, so that a start costs no seconds."""

import multiprocessing
from collections.abc import Sequence

APART = multiprocessing.get_context("forkserver")
_PRELOADED = ("__main__", "vigilanza.lab.drill.parties")
APART.set_forkserver_preload([*_PRELOADED])


def preload(modules: Sequence[str]) -> None:
    """What the next first process of this program finds imported; too late once there is one."""
    APART.set_forkserver_preload([*_PRELOADED, *modules])
