"""The processor time of a process tree is counted whole."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from vigilanza.lab.bench.meter import Meter

BURN = "import os\nwhile sum(os.times()[:2]) < 0.3: sum(range(1000))\n"
"""Until the process itself has used that much."""
CHILD = "import os, subprocess, sys; subprocess.run([sys.executable, '-c', os.environ['BURN']])"
PARENT = f"""
import os, subprocess, sys
subprocess.run([sys.executable, "-c", {BURN!r}], check=True)
subprocess.run([sys.executable, "-c", {CHILD!r}],
    env=os.environ | {{"BURN": {BURN!r}}})
still = subprocess.Popen([sys.executable, "-c", {BURN!r} + "print('burnt', flush=True); input()"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
still.stdout.readline()
print(sum(os.times()[:4]), still.pid, flush=True)
input()
still.communicate(b"\\n")
"""


@pytest.fixture
def tree() -> "Iterator[tuple[int, float, int]]":
    """Id of a process, seconds that it and its ended children took, id of a child that runs and took 0.3 s."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        spent, child = process.stdout.readline().split()
        yield process.pid, float(spent), int(child)
        process.communicate(b"\n")


def test_children_and_grandchildren_count_also_after_they_have_ended(tree: tuple[int, float, int]) -> None:
    root, spent, child = tree
    assert spent > 0.6, "two have ended, one of them a grandchild"
    alone = Meter([child]).cpu_seconds()
    assert alone >= 0.29
    assert Meter([root]).cpu_seconds() == pytest.approx(spent + alone, abs=0.05)


def test_each_process_is_counted_once_however_it_is_reached(tree: tuple[int, float, int]) -> None:
    root, _, child = tree
    assert Meter([root, child]).cpu_seconds() == pytest.approx(Meter([root]).cpu_seconds(), abs=0.02)
    assert Meter([root]).processes() == [root, child]


def test_a_tree_shares_the_memory_that_its_processes_share(tree: tuple[int, float, int]) -> None:
    memory = Meter([tree[0]]).memory()
    assert 1_000_000 < memory.pss < memory.rss


def test_what_has_ended_has_no_memory() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert Meter([process.pid]).memory().rss == 0
