"""Work of seconds that a page asks for: one piece at a time, not too often, and none that nobody waits for."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import Request

from vigilanza.clock import Clock
from vigilanza.web.pace import Pace
from vigilanza.web.problem import Problem

T = TypeVar("T")

PER_MINUTE = 12
LOOK_S = 0.2
"""So soon it is seen that the page has gone."""


class Errands:
    """Done in a thread of its own. `stop`: the server ends."""

    def __init__(self, *, clock: Clock, stop: threading.Event) -> None:
        self._pace, self._stop, self._busy = Pace(PER_MINUTE, clock=clock), stop, threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="errand")

    async def run(self, who: str, request: Request, work: Callable[[threading.Event], T]) -> T:
        """What `work` gives; the event it is given is set when the page goes, or the server.

        Problem 429 if something is done already, or `who` asks too often.
        """
        if not self._busy.acquire(blocking=False):
            raise Problem(429, "errand_under_way", "cameras are being asked already: wait for that", retry_after=5)
        if not self._pace.step(who):
            self._busy.release()
            raise Problem(429, "errand_too_often", f"at most {PER_MINUTE} times a minute: wait", retry_after=30)
        wanted_no_more = threading.Event()
        done = self._thread.submit(work, wanted_no_more)
        done.add_done_callback(lambda _: self._busy.release())
        answer = asyncio.wrap_future(done)
        try:
            while not answer.done():
                await asyncio.wait({answer}, timeout=LOOK_S)
                if self._stop.is_set() or await request.is_disconnected():
                    wanted_no_more.set()
        finally:
            wanted_no_more.set()
        return await answer
