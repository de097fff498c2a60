"""Wrong passwords from outside, in the audit chain: a record where a burst begins, and one where it ended."""

import asyncio
import threading
from dataclasses import dataclass

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain

log = structlog.get_logger(__name__)

QUIET_S = 60.0
"""A burst is over when its address was not wrong for so long."""
LASTS_S = 3600.0
"""One that goes on is told once an hour."""
ADDRESSES_MAX = 64
"""Those that are told one by one at a time; what comes from more is told together, so that the chain stays bounded."""
OTHERS = "other addresses"
WRITE_EVERY_S = 1.0


@dataclass(slots=True)
class _Burst:
    """`first` and `last` are UTC in Unix seconds, `began` and `seen` of Clock.monotonic()."""

    first: float
    last: float
    began: float
    seen: float
    times: int = 1
    told: bool = False


class Guesses:
    """Of one entrance. `note` costs nothing and may be called by any thread; `write` asks the database."""

    def __init__(self, *, chain: AuditChain, entrance: str, clock: Clock) -> None:
        """`entrance` is the subject of the records."""
        self._chain, self._entrance, self._clock = chain, entrance, clock
        self._bursts: dict[str, _Burst] = {}
        self._away = False
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def note(self, address: str) -> None:
        """Somebody at `address` gave a wrong name or password."""
        now, at = self._clock.monotonic(), self._clock.now()
        with self._lock:
            who = address if address in self._bursts or len(self._bursts) < ADDRESSES_MAX else OTHERS
            burst = self._bursts.get(who)
            if burst is None:
                self._bursts[who] = _Burst(at, at, now, now)
            else:
                burst.times, burst.last, burst.seen = burst.times + 1, at, now

    def write(self, *, all_of_them: bool = False) -> None:
        """Record bursts that have begun, and those that are over (`all_of_them`: that go on, too).

        JournalUnavailable: it is tried again by the next call.
        """
        with self._writing:  # whoever ends `keep` may write while the last writing of that goes on
            for address, burst in self._waiting():
                if not burst.told:
                    self._chain.append(
                        who=address, action="login.failed", subject=self._entrance, detail={"failures": 1}
                    )
                    burst.told = True
                if all_of_them or self._is_over(burst):
                    self._end(address, burst)

    async def keep(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await asyncio.to_thread(self._try_to_write)

    def run(self, stop: threading.Event) -> None:
        """Write until `stop` is set, and then what goes on, too."""
        while not self._clock.wait(WRITE_EVERY_S, stop):
            self._try_to_write()
        self._try_to_write(all_of_them=True)

    def _try_to_write(self, *, all_of_them: bool = False) -> None:
        try:
            self.write(all_of_them=all_of_them)
            self._away = False
        except JournalUnavailable as error:
            if not self._away:
                log.error("wrong passwords cannot be recorded now", entrance=self._entrance, why=str(error))
            self._away = True

    def _waiting(self) -> list[tuple[str, _Burst]]:
        with self._lock:
            return list(self._bursts.items())

    def _is_over(self, burst: _Burst) -> bool:
        now = self._clock.monotonic()
        return now - burst.seen >= QUIET_S or now - burst.began >= LASTS_S

    def _end(self, address: str, burst: _Burst) -> None:
        with self._lock:
            del self._bursts[address]  # what comes now is a burst of its own
        if burst.times == 1:
            return  # all that there is to say was said
        detail = {"failures": burst.times, "from": burst.first, "until": burst.last}
        try:
            self._chain.append(who=address, action="login.guessed", subject=self._entrance, detail=detail)
        except JournalUnavailable:
            with self._lock:
                newer = self._bursts.get(address)
                burst.times += 0 if newer is None else newer.times
                self._bursts[address] = burst
            raise
