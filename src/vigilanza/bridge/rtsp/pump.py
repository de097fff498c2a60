"""One programme, read in a thread of its own and handed to the loop that serves: bounded, newest group wins."""

import asyncio
import threading
from collections import deque
from contextlib import suppress

from vigilanza.bridge.rtsp.programme import AccessUnit, Programme

QUEUE_MAX_BYTES = 8_000_000
QUEUE_MAX_PICTURES = 250


class Pump:
    """For one viewer. If he takes too little, whole groups of pictures are left out: `dropped_groups` says how many."""

    def __init__(self, programme: Programme, loop: asyncio.AbstractEventLoop) -> None:
        self._programme, self._loop = programme, loop
        self._stop, self._lock, self._news = threading.Event(), threading.Lock(), asyncio.Event()
        self._units: deque[AccessUnit] = deque()
        self._bytes = 0
        self._skipping = self._over = False
        self.dropped_groups = 0
        self._thread = threading.Thread(target=self._run, name="video", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    async def stop(self) -> None:
        """Read no more; returns when the thread has ended."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    async def take(self) -> AccessUnit | None:
        """The next picture; None when the programme has ended and everything was taken."""
        while True:
            with self._lock:
                if self._units:
                    unit = self._units.popleft()
                    self._bytes -= len(unit.data)
                    return unit
                if self._over:
                    return None
                self._news.clear()
            await self._news.wait()

    def _run(self) -> None:
        try:
            for unit in self._programme.units(self._stop):
                self._offer(unit)
        finally:  # whatever ended them, the viewer's line ends too
            with self._lock:
                self._over = True
            self._wake()

    def _offer(self, unit: AccessUnit) -> None:
        with self._lock:
            full = len(self._units) >= QUEUE_MAX_PICTURES or self._bytes + len(unit.data) > QUEUE_MAX_BYTES
            if full and (unit.is_keyframe or not self._skipping):
                self.dropped_groups += 1
            self._skipping = full or (self._skipping and not unit.is_keyframe)
            if self._skipping:
                return
            self._units.append(unit)
            self._bytes += len(unit.data)
        self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
            self._loop.call_soon_threadsafe(self._news.set)
