"""How much is under way to one page that has not said that it came."""

import asyncio
from collections import deque

from vigilanza.clock import Clock

WINDOW = 12
PATIENCE_S = 1.0
"""Nothing more is sent while something sent so long ago has not come: a slow line carries few pictures, no old ones."""
GONE_S = 15.0
"""A page that takes nothing for so long has gone, or hangs."""


class Credit:
    """Of messages that the page answers one by one. For one loop."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[float] = deque()
        self._back = asyncio.Event()

    def spend(self) -> None:
        """One more is under way."""
        self._sent.append(self._clock.monotonic())

    def earn(self) -> None:
        """The oldest has come. What a page says too often counts for nothing."""
        if self._sent:
            self._sent.popleft()
        self._back.set()

    def close(self) -> None:
        """Nothing comes back any more, and nobody need wait."""
        self._sent.clear()
        self._back.set()

    async def enough(self, window: int = WINDOW) -> float:
        """Wait until fewer than `window` are under way, none for long; seconds waited. TimeoutError after GONE_S."""
        if not self._is_spent(window):
            return 0.0
        began = self._clock.monotonic()
        async with asyncio.timeout(GONE_S):
            while self._is_spent(window):
                self._back.clear()
                await self._back.wait()
        return self._clock.monotonic() - began

    def _is_spent(self, window: int) -> bool:
        return len(self._sent) >= window or (bool(self._sent) and self._clock.monotonic() - self._sent[0] >= PATIENCE_S)
