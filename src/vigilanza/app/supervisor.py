"""Keeps the processes of a box running: a part that dies is started again, within a budget."""

import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TypeAlias

import structlog

from vigilanza.app.part import LEAVE
from vigilanza.app.process import Process
from vigilanza.app.replacement import Replacement
from vigilanza.app.standby import StandBy
from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

BUDGET_STARTS = 5
BUDGET_S = 60.0
"""BUDGET_STARTS starts of a needed part within BUDGET_S, all in vain: starting again does not mend it."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
"""Before a part is started again: doubled at each end, until it has run for BUDGET_S."""
DOWN_S = 8.0
"""A part that has not been running for this long is told of once; one that was replaced has to run for so long."""
EXIT_CONFIG = 78
EXIT_GAVE_UP = 70
PATIENCE_S = 40.0
READY_S = 120.0
"""For what stands by to read all it needs; the former one goes on meanwhile."""

Start: TypeAlias = Callable[[str], Process]
Prepare: TypeAlias = Callable[[str], StandBy]


@dataclass(slots=True)
class Part:
    """One child process; times are of Clock.monotonic()."""

    name: str
    process: Process | None = None
    started_at: list[float] = field(default_factory=list)
    due: float = 0.0
    wait: float = FIRST_WAIT_S
    ended: bool = False
    down_since: float | None = None
    told: bool = False
    replacement: Replacement | None = None


class Supervisor:
    """Keeps the parts running until stopped; no part takes another one with it, but for one that is needed."""

    def __init__(
        self,
        groups: Sequence[Sequence[str]],
        *,
        start: Start,
        clock: Clock,
        prepare: Prepare | None = None,
        needed: str | None = None,
        patience_s: float = PATIENCE_S,
        on_down: Callable[[str], bool] = lambda name: True,  # noqa: ARG005 - nobody asks
    ) -> None:
        """`groups` of names of parts are ended one after the other, each with `patience_s` for it.

        `start` makes the process of a part; if `needed` cannot be kept running, the whole ends. `prepare` makes one
        that stands by, to replace another; without it none is replaced.
        `on_down` is told, on the thread that runs this, of a part that has not been running for DOWN_S; if it could do
        nothing about it (False), again after another DOWN_S.
        """
        self._clock, self._start, self._needed, self._on_down = clock, start, needed, on_down
        self._groups = [[Part(name) for name in group] for group in groups]
        self._parts = [part for group in self._groups for part in group]
        self._patience_s = patience_s
        self._prepare = prepare
        self._asked: SimpleQueue[Replacement] = SimpleQueue()

    def replace(self, replacement: Replacement) -> None:
        """End that part in good order and start it anew; any thread may ask, for one part after the other."""
        self._asked.put(replacement)

    def run(self, stop: threading.Event, over: threading.Event | None = None) -> int:
        """0 after `stop`, or after `over`: then each may finish first what it began.

        EXIT_CONFIG if a part's first start says so; EXIT_GAVE_UP if the needed one does not stay. No child outlives it.
        """
        try:
            while True:
                while not self._asked.empty():
                    self._follow(self._asked.get())
                for part in self._parts:
                    code = self._keep(part)
                    if code is not None:
                        return code
                if self._clock.wait(0.2, stop) or _is_over(over):
                    return 0
        finally:
            self._end(over)

    def _keep(self, part: Part) -> int | None:
        """Note the part's end, start it when that is due; an exit code if it makes no sense any more."""
        now = self._clock.monotonic()
        if part.process is not None:
            code = part.process.poll()
            if code is None:
                self._note_running(part, now)
                return None
            _let_go(part.process)
            part.process = None
            if part.replacement is not None:
                self._turn(part, part.replacement, code, now)
            elif (verdict := self._judge(part, code, now)) is not None:
                return verdict
        if part.process is None and now < part.due:
            self._note_down(part, now)
        elif part.process is None:
            return self._begin(part, now)
        return None

    def _begin(self, part: Part, now: float) -> int | None:
        part.started_at = [*part.started_at, now][-BUDGET_STARTS:]
        try:
            part.process = self._start(part.name)
        except OSError as error:
            log.error("part cannot be started", cannot=part.name, why=error.strerror)
            return self._judge(part, None, now)
        log.info("part started", started=part.name, pid=part.process.pid)
        return None

    def _follow(self, replacement: Replacement) -> None:
        """Let the next one stand by."""
        part = next(part for part in self._parts if part.name == replacement.name)
        try:
            replacement.next = None if self._prepare is None else self._prepare(part.name)
        except OSError as error:
            log.error("part cannot be started", cannot=part.name, why=error.strerror)
        if replacement.next is None:
            replacement.fail()
            return
        now = self._clock.monotonic()
        replacement.ready_by = now + READY_S
        part.replacement = replacement
        if part.process is None and part.ended:  # it was to be started again later
            self._turn(part, replacement, None, now)

    def _turn(self, part: Part, replacement: Replacement, code: int | None, now: float) -> None:
        """The former process has made room, or the next one did not stay: either way another is there at once."""
        after = replacement.next
        if after is None:
            log.error("part does not stay as it was replaced: back to what it was", ended=part.name, code=code)
            replacement.fail()
            part.replacement, part.due = None, now
            return
        replacement.next = None
        part.process, part.started_at, part.ended = after.process, [now], True
        after.go()
        log.info("part started", started=part.name, pid=after.process.pid)

    def _note_running(self, part: Part, now: float) -> None:
        """A part that only begins may end again at once: that is not yet running."""
        if part.replacement is not None and part.replacement.next is not None:
            self._make_room(part, part.replacement, part.replacement.next, now)
        elif now - part.started_at[-1] >= DOWN_S:
            part.down_since, part.told = None, False
            if part.replacement is not None:
                part.replacement.stay()
                part.replacement = None

    def _make_room(self, part: Part, replacement: Replacement, after: StandBy, now: float) -> None:
        """Once the next one is ready."""
        if part.process is None:
            return
        if replacement.leaves_by is not None:
            if now >= replacement.leaves_by:
                log.error("part does not end: killed", ended=part.name)
                part.process.kill()
                replacement.leaves_by = now + self._patience_s  # a hanging disk may hold it all the same
        elif after.process.poll() is not None or now >= replacement.ready_by:
            log.error("part is not replaced: the next one does not get ready", part_kept=part.name)
            replacement.fail()
            part.replacement = None
        elif after.is_ready():
            log.info("part is replaced", replaced=part.name)
            replacement.leaves_by = now + self._patience_s
            part.process.send_signal(LEAVE)

    def _note_down(self, part: Part, now: float) -> None:
        if part.down_since is not None and not part.told and now - part.down_since >= DOWN_S:
            part.told, part.down_since = self._on_down(part.name), now

    def _judge(self, part: Part, code: int | None, now: float) -> int | None:
        """When the part is due again; an exit code if it is not to be started any more. `code` None: never ran."""
        if code == EXIT_CONFIG and not part.ended:
            return code
        part.ended = True
        part.down_since = now if part.down_since is None else part.down_since
        if now - part.started_at[-1] >= BUDGET_S:
            part.wait = FIRST_WAIT_S
        part.due, part.wait = now + part.wait, min(2 * part.wait, LONGEST_WAIT_S)
        log.error("part ended", ended=part.name, code=code, again_in=part.due - now)
        starts = part.started_at
        if part.name == self._needed and len(starts) == BUDGET_STARTS and now - starts[0] < BUDGET_S:
            log.critical("part ends again and again: giving up", ended=part.name, starts=BUDGET_STARTS, within=BUDGET_S)
            return EXIT_GAVE_UP
        return None

    def _end(self, over: threading.Event | None) -> None:
        """Group after group; those of one together."""
        for part in self._parts:
            if part.replacement is not None and part.replacement.next is not None:
                part.replacement.next.give_up()
        for group in self._groups:
            running = [(part, part.process) for part in group if part.process is not None]
            for _, process in running:
                process.send_signal(LEAVE if _is_over(over) else signal.SIGTERM)
            until = self._clock.monotonic() + self._patience_s
            for part, process in running:
                try:
                    process.wait(max(0.0, until - self._clock.monotonic()))
                except subprocess.TimeoutExpired:
                    log.error("part does not end: killed", ended=part.name)
                    process.kill()
                    process.wait()
                _let_go(process)


def _is_over(over: threading.Event | None) -> bool:
    """Whether it was said that another stands by."""
    return over is not None and over.is_set()


def _let_go(process: Process) -> None:
    """Close our end of its lifeline."""
    if process.stdin is not None:
        process.stdin.close()
