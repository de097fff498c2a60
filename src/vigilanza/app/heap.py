"""How memory is kept in processes of many threads."""

import ctypes
import gc

ARENAS = 2
"""glibc's own bound is eight for each core. Threads that decode seldom allocate at the same time."""
_M_ARENA_MAX = -8
"""glibc's malloc.h, mallopt(3)."""


def bound_arenas() -> bool:
    """At most ARENAS arenas in this process; call it before threads start. False where there is no glibc.

    It gives each thread an arena of its own otherwise, with holes in it.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError):
        return False


def leave_alone_what_stays() -> None:
    """What is there now is not looked through for garbage any more; call it once all is made, before work begins.

    With the libraries that is 160,000 objects, and a look at them holds up all threads for some 70 ms.
    """
    gc.collect()
    gc.freeze()
