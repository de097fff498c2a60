"""One programme, read in a thread of its own and handed to the loop that serves."""

import asyncio
import threading
from collections import deque
from contextlib import suppress

from vigilanza.bridge.rtsp.programme import AccessUnit, Programme

WAITING_MAX = 8


class Pump:
    """For one viewer. Of one who takes too little no more than WAITING_MAX pictures are read ahead: the rest is left to
    the programme, which says how it is bounded.
    """

    def __init__(self, programme: Programme, loop: asyncio.AbstractEventLoop) -> None:
        self._programme, self._loop = programme, loop
        self._stop, self._news, self._changed = threading.Event(), asyncio.Event(), threading.Condition()
        self._units: deque[AccessUnit] = deque()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="video", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    async def stop(self) -> None:
        """Read no more; returns when the thread has ended."""
        self._stop.set()
        with self._changed:
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    async def take(self) -> AccessUnit | None:
        """The next picture; None when the programme has ended and everything was taken."""
        while True:
            with self._changed:
                if self._units:
                    self._changed.notify()
                    return self._units.popleft()
                if self._over:
                    return None
                self._news.clear()
            await self._news.wait()

    def _run(self) -> None:
        try:
            for unit in self._programme.units(self._stop):
                self._offer(unit)
        finally:  # whatever ended them, the viewer's line ends too
            with self._changed:
                self._over = True
            self._wake()

    def _offer(self, unit: AccessUnit) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._units) < WAITING_MAX or self._stop.is_set())
            self._units.append(unit)
        self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
            self._loop.call_soon_threadsafe(self._news.set)
