"""Whether this machine's clock follows a reference, as its kernel knows from NTP, whichever program does it."""

import ctypes
from typing import Any

_UNSYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2)."""


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), as far as it is read; the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("room", ctypes.c_char * 256),
    )


def clock_state() -> dict[str, Any]:
    """`synchronised` null where the kernel does not tell; `maximum_error_seconds` by its own estimate."""
    state = _Timex()
    try:
        answer = int(ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state)))
    except (OSError, AttributeError):
        answer = -1
    if answer < 0:
        return {"synchronised": None, "maximum_error_seconds": None}
    return {"synchronised": answer != _UNSYNCHRONISED, "maximum_error_seconds": state.maxerror / 1e6}
