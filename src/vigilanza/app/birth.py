"""What happens in the nursery: it waits for orders, and forks."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from vigilanza.app.part import LIFELINE, READY
from vigilanza.app.title import entitle

ORDER_BYTES = 65536
_STANDARD = (0, 1, 2)


def bear(orders: socket.socket) -> list[str]:
    """In a process of its own, with one thread: it ends when whoever gives the orders is gone.

    It returns in each child, with the arguments of the order. An order is a message of arguments with 0 between
    them, and the descriptor of the child's standard input; the answer is the child's id, or the negative errno.
    """
    os.environ[LIFELINE] = "1"
    os.environ.pop(READY, None)
    entitle("vigilanza nursery")
    while True:
        _let_go_of_all_but(orders.fileno(), *_STANDARD)  # of what the former process had, and the last order left
        order, descriptors = _next(orders)
        if not order:
            os._exit(0)
        (lifeline,) = descriptors
        try:
            answer = _fork()
        except OSError as error:
            answer = -(error.errno or errno.EAGAIN)
        if answer == 0:
            os.dup2(lifeline, 0)
            _let_go_of_all_but(orders.fileno(), *_STANDARD)
            orders.close()
            arguments = order.decode().split("\0")
            entitle(" ".join(["vigilanza", *arguments]))
            return arguments
        with suppress(OSError):  # whoever ordered it is gone: the next look says so
            orders.send(str(answer).encode())


def _next(orders: socket.socket) -> tuple[bytes, list[int]]:
    """Nothing once nobody gives orders any more."""
    try:
        order, descriptors, _, _ = socket.recv_fds(orders, ORDER_BYTES, 1)
    except ConnectionResetError:  # and never read the last answer
        return b"", []
    return order, descriptors


def _fork() -> int:
    """As os.fork(), but for the process between both: its end gives the child to whoever adopts orphans."""
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            child = os.fork()
        except OSError:
            os._exit(1)
        if child == 0:
            return 0
        os.write(writing, str(child).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(between, 0)
    with os.fdopen(reading, "rb") as told:
        return int(told.read() or -errno.EAGAIN)


def _let_go_of_all_but(*kept: int) -> None:
    """So that what closes elsewhere is seen to close there."""
    for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if descriptor not in kept:
            with suppress(OSError):  # that of the list itself is closed by now
                os.close(descriptor)
