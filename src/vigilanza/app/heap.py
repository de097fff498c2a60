"""How glibc's allocator is set for processes of many threads: it gives each its own arena, with holes in it."""

import ctypes

ARENAS = 2
"""glibc's own bound is eight for each core. Threads that decode seldom allocate at the same time."""
_M_ARENA_MAX = -8
"""glibc's malloc.h, mallopt(3)."""


def bound_arenas() -> bool:
    """At most ARENAS arenas in this process; call it before threads start. False where there is no glibc."""
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError):
        return False
