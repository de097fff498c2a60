"""A receiver in a process of its own: it can be killed and frozen, and what it had taken by then stays known."""

import logging
import os
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any, Protocol, TypeAlias

import structlog

from vigilanza.clock import SystemClock
from vigilanza.lab.drill.apart import APART
from vigilanza.lab.drill.arrivals import Arrivals
from vigilanza.lab.drill.party import Arrival

Note: TypeAlias = Callable[[str, Arrival], None]
"""To be called with the receiver's name of what has come, before it is answered."""


class Scripted(Protocol):
    """One that does what it is told to do wrong."""

    @property
    def port(self) -> int:
        """Where it is spoken to."""
        ...

    def script(self, act: Any) -> None:
        """Do so once."""
        ...


Open: TypeAlias = Callable[[int, Note], AbstractContextManager[Scripted]]
"""Make a receiver on this port (0: a free one). It goes to another process: a function of a module, or a `partial`."""

_ENOUGH_S = 30.0
_AGAIN_S = 0.2


class StandInParty(ABC):
    """A stand-in receiver on a port that stays; whatever it takes is told to this process before it is answered."""

    def __init__(self, name: str, *, opening: Open, faults: Sequence[object]) -> None:
        """`faults` are acts of the stand-in, of which `misbehave` chooses."""
        self.name, self.port = name, 0
        self._opening, self._faults = opening, faults
        self._arrivals, self._clock = Arrivals(), SystemClock()
        self._process: BaseProcess | None = None
        self._marked = threading.Event()

    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """See Party."""

    def environ(self) -> Mapping[str, str]:
        """See Party."""
        return {}

    def up(self) -> None:
        """Return once it takes alerts; TimeoutError if its port stays taken."""
        until = self._clock.monotonic() + _ENOUGH_S
        while self._process is None:
            # For a moment its port may be that of a connection which somebody has just made.
            if not self._start():
                if self._clock.monotonic() > until:
                    raise TimeoutError(f"{self.name} cannot listen at port {self.port}: see what its process said")
                self._clock.wait(_AGAIN_S, threading.Event())

    def down(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._reader.join()  # it has read what the process still told
            self._pipe.close()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still: connections are taken by the system, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def misbehave(self, chance: Random) -> None:
        """One of the faults."""
        if self._process is not None:
            self._pipe.send(chance.choice(self._faults))

    @property
    def arrived(self) -> list[Arrival]:
        """See Party. Nothing is missing that was answered before."""
        if self._process is not None:
            self._marked.clear()
            self._pipe.send(None)
            if not self._marked.wait(_ENOUGH_S):
                raise TimeoutError(f"{self.name} does not say what it took")
        return self._arrivals.all

    def _start(self) -> bool:
        self._pipe, theirs = APART.Pipe()
        process = APART.Process(target=_serve, args=(self._opening, self.port, theirs), daemon=True)
        process.start()
        theirs.close()
        try:
            self.port = self._pipe.recv()
        except EOFError:
            process.join()
            self._pipe.close()
            return False
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(self._pipe,), name=self.name, daemon=True)
        self._reader.start()
        return True

    def _read(self, pipe: Connection) -> None:
        while True:
            try:
                told = pipe.recv()
            except (EOFError, ConnectionResetError):
                return
            if told is None:
                self._marked.set()
            else:
                self._arrivals.note(*told)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.pid is not None:
            os.kill(self._process.pid, number)


def _serve(opening: Open, port: int, pipe: Connection) -> None:
    """Until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    lock, said = threading.Lock(), threading.Event()

    def note(id_: str, arrival: Arrival) -> None:
        said.wait()  # the port is waited for first, and somebody may come before it is told
        with lock:
            pipe.send((id_, arrival))

    with opening(port, note) as server:
        pipe.send(server.port)
        said.set()
        while True:
            try:
                act = pipe.recv()
            except (EOFError, ConnectionResetError):
                return
            if act is None:
                with lock:
                    pipe.send(None)
            else:
                server.script(act)
