"""How glibc's allocator keeps memory, and what is looked through for garbage."""

import subprocess
import sys

from vigilanza.app.heap import ARENAS, OWN_PAGES_BYTES

CROWD = """
import ctypes, re, sys, tempfile, threading
from vigilanza.app.heap import bound_heap
if sys.argv[1] == "bound":
    assert bound_heap()
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

PICTURES = """
import ctypes, sys
from vigilanza.app.heap import bound_heap
if sys.argv[1] == "bound":
    assert bound_heap()
libc, fields = ctypes.CDLL(None), "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
class Told(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in fields]
libc.mallinfo2.restype, libc.malloc.restype, libc.malloc.argtypes = Told, ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(4_000_000))
before = libc.mallinfo2().hblks
for _ in range(10):
    libc.malloc(int(sys.argv[2]))
print(libc.mallinfo2().hblks - before)
"""

HOLES = """
import ctypes, sys, threading, time
from vigilanza.app import heap
heap.GIVE_BACK_S = 0.01
stop = threading.Event()
if sys.argv[1] == "kept":
    heap.keep_heap(stop)
else:
    assert heap.bound_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096
blocks = [libc.malloc(20_000) for _ in range(3000)]
for block in blocks:
    ctypes.memset(block, 1, 20_000)
full = resident()
for number, block in enumerate(blocks):
    if number % 30:
        libc.free(block)
until = time.monotonic() + (20.0 if sys.argv[1] == "kept" else 0.5)
while (given := full - resident()) < 30_000_000 and time.monotonic() < until:
    time.sleep(0.01)
print(given)
"""


def told(program: str, *arguments: str) -> int:
    done = subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_many_threads_share_two_arenas() -> None:
    assert told(CROWD, "bound") == ARENAS < told(CROWD, "as it comes")


def test_pictures_have_pages_of_their_own_also_once_a_larger_one_was_freed() -> None:
    assert told(PICTURES, "as it comes", str(2 * OWN_PAGES_BYTES)) == 0
    assert told(PICTURES, "bound", str(2 * OWN_PAGES_BYTES)) == 10
    assert told(PICTURES, "bound", str(OWN_PAGES_BYTES // 2)) == 0


def test_what_was_made_at_the_start_is_not_looked_through_again() -> None:
    program = (
        "import gc; from vigilanza.app.heap import leave_alone_what_stays; before = len(gc.get_objects()); "
        "leave_alone_what_stays(); print(before, gc.get_freeze_count(), len(gc.get_objects()))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    before, kept, looked_through = map(int, done.stdout.split())
    assert kept > 0.9 * before
    assert looked_through < 0.1 * before


def test_what_was_freed_among_what_stays_goes_back_to_the_system() -> None:
    assert told(HOLES, "bounded") < 30_000_000 <= told(HOLES, "kept")
