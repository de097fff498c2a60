"""How many arenas glibc's allocator makes, and what is looked through for garbage."""

import subprocess
import sys

from vigilanza.app.heap import ARENAS

CROWD = """
import ctypes, re, sys, tempfile, threading
from vigilanza.app.heap import bound_arenas
if sys.argv[1] == "bound":
    assert bound_arenas()
libc, barrier = ctypes.CDLL(None), threading.Barrier(17)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
def allocate():
    libc.malloc(10_000)
    barrier.wait()
for _ in range(16):
    threading.Thread(target=allocate).start()
barrier.wait()
with tempfile.NamedTemporaryFile() as told:
    stream = libc.fopen(told.name.encode(), b"w")
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall(rb"<heap nr=", told.read())))
"""


def arenas(how: str) -> int:
    """Of a process with 16 threads."""
    done = subprocess.run([sys.executable, "-c", CROWD, how], check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_many_threads_share_two_arenas() -> None:
    assert arenas("bound") == ARENAS < arenas("as it comes")


def test_what_was_made_at_the_start_is_not_looked_through_again() -> None:
    program = (
        "import gc; from vigilanza.app.heap import leave_alone_what_stays; before = len(gc.get_objects()); "
        "leave_alone_what_stays(); print(before, gc.get_freeze_count(), len(gc.get_objects()))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    before, kept, looked_through = map(int, done.stdout.split())
    assert kept > 0.9 * before
    assert looked_through < 0.1 * before
