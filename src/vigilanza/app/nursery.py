"""Children that share the memory of the libraries: forked, by a process that has loaded them and does nothing else."""

import ctypes
import os
import signal
import socket
from types import TracebackType

import structlog

from vigilanza.app.birth import bear
from vigilanza.app.child import Child
from vigilanza.app.heap import leave_alone_what_stays
from vigilanza.app.part import LEAVE, start_part
from vigilanza.app.process import Process

log = structlog.get_logger(__name__)

ANSWER_S = 10.0
"""It takes some ten milliseconds."""
_HELD_BACK = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, LEAVE)
"""A terminal or a service manager sends them to all: the nursery ends when who has it does."""
_PR_SET_CHILD_SUBREAPER = 36


class Nursery:
    """Parts are our own children, whoever forked them, and do not need it any more once they are born.

    Without it, as when it was killed, they are started as fresh interpreters. One thread uses it.
    """

    def __init__(self, pid: int, orders: socket.socket | None) -> None:
        """`orders`: where process `pid` takes them, see bear."""
        self._pid, self._orders = pid, orders

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, *arguments: str) -> Process:
        """`vigilanza ARGUMENTS` as a child that ends when we do. OSError if the system gives no process."""
        if self._orders is None:
            return start_part(*arguments)
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._orders, ["\0".join(arguments).encode()], [reading])
            answer = int(self._orders.recv(32) or 0)
        except OSError:
            answer = 0
        finally:
            os.close(reading)
        if answer > 0:
            return Child(answer, os.fdopen(writing, "wb"))
        os.close(writing)
        if answer < 0:
            raise OSError(-answer, os.strerror(-answer))
        log.error("nursery is gone: from now on each part has the libraries in memory for itself")
        self.close()
        return start_part(*arguments)

    def close(self) -> None:
        """End it; its children go on."""
        if self._orders is not None:
            self._orders.close()
            self._orders = None
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _adopt_orphans() -> None:
    """Whose parents are our descendants."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def open_nursery() -> Nursery | list[str]:
    """Fork it, with all that is loaded; call it before other threads start.

    It returns the nursery, and in each child that is started there, from here on, the arguments of `start`.
    """
    try:
        _adopt_orphans()
        return _open()
    except OSError as error:
        log.error("no nursery: each part has the libraries in memory for itself", why=error.strerror)
        return Nursery(0, None)


def _open() -> Nursery | list[str]:
    leave_alone_what_stays()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)
    try:
        pid = os.fork()
        if pid == 0:
            ours.close()
            return _born(theirs)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    ours.settimeout(ANSWER_S)
    return Nursery(pid, ours)


def _born(orders: socket.socket) -> list[str]:
    """In a child. The nursery itself ends in here, whatever happens: it is not what goes on from here."""
    arguments: list[str] = []
    try:
        arguments = bear(orders)
    finally:
        if not arguments:
            os._exit(1)
    return arguments
