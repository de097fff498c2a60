"""The process that forks others ends with whoever gives it orders; a real one."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, select, socket, sys
from vigilanza.app.birth import bear

ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
nursery = os.fork()
if nursery == 0:
    ours.close()
    print(bear(theirs), sys.stdin.read(), flush=True)
    sys.exit()
theirs.close()
reading, writing = os.pipe()
socket.send_fds(ours, [b"watch\\0--share"], [reading])
os.write(writing, b"a line")
os.close(writing)
select.select([ours], [], [])
if sys.argv[1] == "heard":
    assert int(ours.recv(32)) > 0
ours.close()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(nursery, 0)[1]))
"""


@pytest.mark.parametrize("answer", ["heard", "not heard"])
def test_it_ends_when_nobody_gives_orders_any_more(answer: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, answer], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['watch', '--share'] a line\n", "")
