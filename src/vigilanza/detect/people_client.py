"""A PersonDetector that asks the box's finder of people, another process."""

import mmap
import os
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vigilanza.clock import Clock
from vigilanza.detect.people import NotYet
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window, even, size_of
from vigilanza.detect.wire import HELLO, MESSAGE_BYTES, SLOT_BYTES, SLOTS, Request, decode_answer, lay_out
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.localsocket import connect

WAIT_S = 0.15
"""A camera's thread waits so long for an answer, once, then goes on with its pictures: one of the next finds it."""
RECONNECT_S = 1.0


@dataclass(slots=True)
class _Slot:
    """One camera's picture under way. Its own thread asks, the reader answers."""

    index: int
    asked: bool = False
    window: Window = (0, 0, 0, 0)
    """What was asked for, at even pixels."""
    answered: threading.Event = field(default_factory=threading.Event)
    found: list[Pose] | None = None


class PeopleClient:
    """Asks the finder at `path`, and connects anew when that was restarted."""

    def __init__(self, *, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot] = {}
        self._connection: socket.socket | None = None
        self._memory: mmap.mmap | None = None
        self._tried_at = float("-inf")
        self.late: Counter[str] = Counter()
        """Answers that each camera did not wait for."""

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        """See PersonDetector. DetectorError also while the finder is away.

        A late answer is about the window that was asked for then.
        """
        slot, connection, memory = self._reach(frame.camera)
        fresh = not slot.asked
        if fresh:
            slot.window = even(window)
            self._ask(connection, memory, slot, frame, whole_px or size_of(slot.window))
        if not slot.answered.wait(WAIT_S if fresh else 0.0):
            self.late[frame.camera] += fresh
            raise NotYet
        slot.asked, found = False, slot.found
        if found is None and self._connection is not connection:
            raise DetectorError("the finder of people is away")
        if found is None:
            raise DetectorError("people could not be looked for: see the log of the finder")
        return [_placed(pose, slot.window, frame.size_px) for pose in found]

    def close(self) -> None:
        """Let go of the finder."""
        with self._lock:
            if self._connection is not None:
                self._connection.shutdown(socket.SHUT_RDWR)

    def _reach(self, camera: str) -> tuple[_Slot, socket.socket, mmap.mmap]:
        with self._lock:
            if self._connection is None or self._memory is None:
                self._connect()
            assert self._connection is not None
            assert self._memory is not None
            if camera not in self._slots:
                if len(self._slots) == SLOTS:
                    raise DetectorError(f"more than {SLOTS} cameras in one process")
                self._slots[camera] = _Slot(len(self._slots))
            return self._slots[camera], self._connection, self._memory

    def _connect(self) -> None:
        now = self._clock.monotonic()
        if now - self._tried_at < RECONNECT_S:
            raise DetectorError("the finder of people is away")
        self._tried_at = now
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connect(connection, self._path)
            descriptor = os.memfd_create("vigilanza-people", os.MFD_CLOEXEC)
            try:
                os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
                socket.send_fds(connection, [HELLO], [descriptor])
                self._memory = mmap.mmap(descriptor, SLOTS * SLOT_BYTES)
            finally:
                os.close(descriptor)
        except OSError as error:
            connection.close()
            raise DetectorError(f"the finder of people is away: {error.strerror}") from error
        self._connection = connection
        for slot in self._slots.values():
            slot.asked = False
        threading.Thread(target=self._read, args=(connection,), name="people", daemon=True).start()

    def _ask(self, connection: socket.socket, memory: mmap.mmap, slot: _Slot, frame: Frame, whole_px: Size) -> None:
        left, top, right, bottom = slot.window
        width, height = size_of(slot.window)
        if width * height * 3 // 2 > SLOT_BYTES:
            raise DetectorError(f"a window of {width}x{height} pixels is too large: let a sub stream be analysed")
        luma, chroma = lay_out(memoryview(memory), slot.index, width, height)
        luma[:] = frame.luma[top:bottom, left:right]
        chroma[:] = frame.chroma[:, top // 2 : bottom // 2, left // 2 : right // 2]
        slot.answered.clear()
        slot.asked = True
        try:
            connection.send(Request(slot.index, width, height, whole_px).encode())
        except OSError as error:
            slot.asked = False
            raise DetectorError("the finder of people is away") from error

    def _read(self, connection: socket.socket) -> None:
        """Answers, until the finder goes; who waits then is told so."""
        with connection:
            while message := _received(connection):
                index, found = decode_answer(message)
                self._answer(index, found)
        with self._lock:
            if self._connection is connection:
                self._connection = None
            for slot in self._slots.values():
                if slot.asked:
                    slot.found = None
                    slot.answered.set()

    def _answer(self, index: int, found: list[Pose] | None) -> None:
        with self._lock:
            for slot in self._slots.values():
                if slot.index == index:
                    slot.found = found
                    slot.answered.set()


def _received(connection: socket.socket) -> bytes:
    """The next message; none if the connection has ended."""
    try:
        return connection.recv(MESSAGE_BYTES)
    except OSError:
        return b""


def _placed(pose: Pose, window: Window, size_px: Size) -> Pose:
    """From 0..1 of the window to 0..1 of the picture."""
    corner, part, whole = (np.array(pair, np.float32) for pair in (window[:2], size_of(window), size_px))
    joints = pose.joints.copy()
    joints[:, :2] = (joints[:, :2] * part + corner) / whole
    box = (np.array(pose.box, np.float32).reshape(2, 2) * part + corner) / whole
    (left, top), (right, bottom) = box.tolist()
    return Pose(pose.score, joints, (left, top, right, bottom))
