"""The clock of a box, which can be set while its processes run."""

from multiprocessing.sharedctypes import Synchronized
from typing import TypeAlias

from vigilanza.clock import SystemClock

Ahead: TypeAlias = "Synchronized[float]"
"""Seconds by which a box's clock is ahead of the machine's, the same for all its processes."""


class BoxClock(SystemClock):
    """What people read is `ahead` of the machine's time; what lasts, lasts as long as anywhere."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead

    def now(self) -> float:
        return super().now() + self._ahead.value
