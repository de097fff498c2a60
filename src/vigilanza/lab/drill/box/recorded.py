"""What is told to the box's recorder, over all its lives, and when it was kept."""

import threading
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from multiprocessing.connection import Connection
from uuid import UUID

from vigilanza.clock import Clock
from vigilanza.lab.drill.box.asks import Ask, Happened


class Recorded:
    """Insists: what a recorder had not kept when it died is told to the next one, as eyes see a broken seal again.

    What it has said to be kept is never told again: it has to be there. Any thread may use it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._asked: dict[UUID, tuple[Ask, float]] = {}
        self._done: dict[UUID, float] = {}
        self._pipe: Connection | None = None
        self._sending = threading.Lock()

    def meet(self, pipe: Connection) -> threading.Thread:
        """A recorder has begun: it is told what no other has kept, and only then what is new. The thread that hears its
        answers.
        """
        listening = threading.Thread(target=self._listen, args=(pipe,), name="recorder's answers", daemon=True)
        with self._sending:
            with self._lock:
                self._pipe = pipe
                waiting = [ask for key, (ask, _) in self._asked.items() if key not in self._done]
            listening.start()
            for ask in waiting:
                _send(pipe, ask)
        return listening

    def tell(self, ask: Ask) -> None:
        """At once, or as soon as there is a recorder."""
        with self._lock:
            self._asked[ask.id] = ask, self._clock.monotonic()
            pipe = self._pipe
        if pipe is not None:
            with self._sending:
                _send(pipe, ask)

    @property
    def kept(self) -> AbstractSet[UUID]:
        """All that is done."""
        with self._lock:
            return set(self._done)

    @property
    def waiting(self) -> int:
        """So many are not done."""
        with self._lock:
            return len(self._asked) - len(self._done)

    @property
    def asked(self) -> Mapping[UUID, Ask]:
        """All that was told."""
        with self._lock:
            return {key: ask for key, (ask, _) in self._asked.items()}

    @property
    def events(self) -> Sequence[Happened]:
        """Of these, what happened."""
        return [ask for ask in self.asked.values() if isinstance(ask, Happened)]

    @property
    def longest_gap(self) -> float:
        """Seconds from something happening to its being kept, at worst; what is not yet kept counts until now.

        What happened before the box began to work does not count.
        """
        now = self._clock.monotonic()
        with self._lock:
            began = min(self._done.values(), default=0.0)
            gaps = [
                self._done.get(key, now) - at
                for key, (ask, at) in self._asked.items()
                if isinstance(ask, Happened) and at >= began
            ]
        return max(gaps, default=0.0)

    def _listen(self, pipe: Connection) -> None:
        while True:
            try:
                key = pipe.recv()
            except (EOFError, OSError):
                return
            with self._lock:
                self._done.setdefault(key, self._clock.monotonic())


def _send(pipe: Connection, ask: Ask) -> None:
    with suppress(OSError):  # it is gone, and its successor is told
        pipe.send(ask)
