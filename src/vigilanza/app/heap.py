"""How memory is kept in processes of many threads."""

import ctypes
import gc
import threading

ARENAS = 2
"""glibc's own bound is eight for each core. Threads that decode seldom allocate at the same time."""
OWN_PAGES_BYTES = 128 * 1024
"""From here on an allocation has pages of its own, which go back to the system when it is freed: planes of pictures,
buffers of decoders. It is what glibc begins with; by itself it goes up to 32 MB with the first that are freed."""
_SPARE_BYTES = 1024 * 1024
"""What each arena keeps at its end. With the bound above it would be 128 kB: taken and given back all the time."""
_M_ARENA_MAX, _M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -8, -3, -1
"""glibc's malloc.h, mallopt(3)."""
GIVE_BACK_S = 30.0
"""What was freed within the heap goes back to the system so often; with the bounds above it takes some milliseconds."""


def bound_heap() -> bool:
    """Few arenas in this process, and nothing large in them; call it before threads start. False without glibc.

    Otherwise each thread has an arena of its own, and pictures leave holes in it among packets, which live longer.
    """
    bounds = {_M_ARENA_MAX: ARENAS, _M_MMAP_THRESHOLD: OWN_PAGES_BYTES, _M_TRIM_THRESHOLD: _SPARE_BYTES}
    try:
        mallopt = ctypes.CDLL(None).mallopt
        return 0 not in [mallopt(name, value) for name, value in bounds.items()]
    except (AttributeError, OSError):
        return False


def keep_heap(stop: threading.Event) -> None:
    """Bound it, and give back what was freed, again and again until `stop`; call it before other threads start."""
    if bound_heap():
        threading.Thread(target=_give_back, args=(stop,), name="heap", daemon=True).start()


def _give_back(stop: threading.Event) -> None:
    trim = ctypes.CDLL(None).malloc_trim
    while not stop.wait(GIVE_BACK_S):
        trim(0)


def leave_alone_what_stays() -> None:
    """What is there now is not looked through for garbage any more; call it once all is made, before work begins.

    With the libraries that is 160,000 objects, and a look at them holds up all threads for some 70 ms.
    """
    gc.collect()
    gc.freeze()
