"""A bound on what FFmpeg takes at once, because cameras say how much that shall be."""

import ctypes
import re
from functools import cache
from pathlib import Path

MAX_BYTES = 64_000_000
"""One picture of 33 megapixels fits; an answer announced with 2 GB and a picture of 16384x16384 do not."""


@cache
def bound_allocations(max_bytes: int = MAX_BYTES) -> bool:
    """Let no single allocation of any FFmpeg in this process be larger. False if none was found to tell (not Linux)."""
    try:
        mapped = Path("/proc/self/maps").read_text("utf-8")
    except OSError:
        return False
    libraries = sorted(set(re.findall(r"(/\S*/libavutil[^/\s]*\.so[^/\s]*)$", mapped, re.MULTILINE)))
    for library in libraries:
        limit = ctypes.CDLL(library).av_max_alloc
        limit.argtypes, limit.restype = (ctypes.c_size_t,), None
        limit(max_bytes)
    return bool(libraries)
