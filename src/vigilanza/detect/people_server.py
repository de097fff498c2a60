"""The one process of a box that finds people, for all that watch."""

import contextlib
import mmap
import os
import queue
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from vigilanza.clock import Clock
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.wire import HELLO, MESSAGE_BYTES, SLOT_BYTES, SLOTS, Request, encode_answer, picture
from vigilanza.domain.errors import DetectorError
from vigilanza.localsocket import listen

log = structlog.get_logger(__name__)

LISTEN_S = 1.0
"""So often one looks whether to end."""
CLIENT_S = 0.2
"""A client that takes no answer for so long goes without it."""


@dataclass(slots=True)
class _Client:
    """One watching process."""

    socket: socket.socket
    memory: mmap.mmap
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class PeopleCounts:
    """Since the start: pictures looked at, those that failed, processor seconds, clients that broke the rules."""

    looks: int = 0
    failed: int = 0
    seconds: float = 0.0
    refused: int = 0


class PeopleServer:
    """Serves whoever connects to the local socket at `path`, each camera in its turn; see wire.py."""

    def __init__(self, *, path: Path, people: PersonDetector, clock: Clock, threads: int = 1) -> None:
        """`threads` pictures are looked at a time, each on one core."""
        self._path, self._people, self._clock, self._threads = path, people, clock, threads
        self._waiting: queue.SimpleQueue[tuple[_Client, Request]] = queue.SimpleQueue()
        self.counts = PeopleCounts()

    @property
    def waiting(self) -> int:
        """Pictures that nobody looks at yet: at most one a camera."""
        return self._waiting.qsize()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. OSError if the socket cannot be made."""
        workers = [threading.Thread(target=self._work, args=(stop,), daemon=True) for _ in range(self._threads)]
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            listen(door, self._path)
            door.settimeout(LISTEN_S)
            for worker in workers:
                worker.start()
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _ = door.accept()
                    client.settimeout(CLIENT_S)
                    threading.Thread(target=self._converse, args=(client, stop), daemon=True).start()
        for worker in workers:
            worker.join()

    def _converse(self, connection: socket.socket, stop: threading.Event) -> None:
        """Until the client goes, or breaks the rules."""
        with connection:
            try:
                client = _greet(connection)
                while not stop.is_set():
                    with contextlib.suppress(TimeoutError):
                        message = connection.recv(MESSAGE_BYTES)
                        if not message:
                            return
                        self._waiting.put((client, Request.decode(message)))
            except (OSError, ValueError) as error:
                self.counts.refused += 1
                log.warning("a client of the finder of people was sent away", why=str(error))

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                client, request = self._waiting.get(timeout=LISTEN_S)
                self._look(client, request)

    def _look(self, client: _Client, request: Request) -> None:
        began = self._clock.busy()
        try:
            window = (0, 0, request.width_px, request.height_px)
            found = self._people.find(picture(memoryview(client.memory), request), window, request.whole_px)
        except Exception as error:
            self.counts.failed += 1
            found = None
            known = isinstance(error, DetectorError)
            log.error("people could not be looked for", why=str(error), exc_info=None if known else error)
        self.counts.looks += 1
        self.counts.seconds += self._clock.busy() - began
        with client.lock, contextlib.suppress(OSError):  # it may have gone meanwhile
            client.socket.send(encode_answer(request.slot, found))


def _greet(connection: socket.socket) -> _Client:
    """ValueError if it does not say hello as it should."""
    message, descriptors, _, _ = socket.recv_fds(connection, len(HELLO) + 1, 1)
    if message != HELLO or len(descriptors) != 1:
        for descriptor in descriptors:
            os.close(descriptor)
        raise ValueError("it does not say hello: is it of another version?")
    try:
        if os.fstat(descriptors[0]).st_size < SLOTS * SLOT_BYTES:
            raise ValueError("its memory is too small")
        return _Client(connection, mmap.mmap(descriptors[0], SLOTS * SLOT_BYTES, prot=mmap.PROT_READ))
    finally:
        os.close(descriptors[0])
