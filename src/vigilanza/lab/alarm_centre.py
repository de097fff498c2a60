"""A stand-in for an alarm receiving centre: takes SIA DC-09 over TCP or UDP, verifies, remembers, and misbehaves on
request.
"""

import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from typing import Any, Literal

import structlog

from vigilanza.clock import Clock
from vigilanza.lab.alarm_centre_acts import Act, Cut, Double, Drip, Late, Say, SayAck, SayDuh, SayNak, Silence
from vigilanza.lab.alarm_centre_frame import ReceivedSignal, answer, framed, nak, read_frame
from vigilanza.lab.stand_in import StandIn

log = structlog.get_logger(__name__)

KEPT_MAX = 10_000
EARLY_SECONDS, LATE_SECONDS = 20.0, 40.0
"""How far a timestamp may be ahead of and behind the receiver's clock."""


class AlarmCentre(StandIn[Act]):
    """Use as a context manager: it serves on 127.0.0.1 in a thread of its own until the end.

    A frame that does not verify gets no answer and is counted; one with a foreign time, a wrong key or an unknown
    account gets NAK. A number seen before with the same data is acknowledged and not kept again.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        accounts: Mapping[str, bytes | None],
        transport: Literal["tcp", "udp"] = "tcp",
        port: int = 0,
        ahead_seconds: float = 0.0,
        on_signal: Callable[[ReceivedSignal], None] | None = None,
    ) -> None:
        """`accounts` with their keys, None for clear ones; `port` 0 takes a free one; `ahead_seconds`: how far the
        centre's clock is from ours. `on_signal` is called once per signal that is kept, before the answer.
        """
        address = ("127.0.0.1", port)
        server: _Tcp | _Udp = _Tcp(address, _Stream) if transport == "tcp" else _Udp(address, _Datagram)
        super().__init__(server, name="centre")
        server.centre = self
        self._clock, self._keys, self._ahead = clock, dict(accounts), ahead_seconds
        self._on_signal = on_signal
        self._received: list[ReceivedSignal] = []
        self.unverified = self.duplicates = self.forgotten = 0
        """Frames with a wrong crc, length or form; with a number and data known already; old signals dropped to keep at
        most 10,000. `requests` are frames in all."""

    @property
    def received(self) -> list[ReceivedSignal]:
        """What was acknowledged or kept, each once, in order; NULL messages too."""
        with self.changed:
            return list(self._received)

    def wait_for(self, count: int, timeout: float = 30.0) -> list[ReceivedSignal]:
        """What it kept, once that are at least `count`; TimeoutError if they are not in time."""
        return self._wait_for(lambda: self._received, count, timeout)

    def meet(self, frame: bytes, say: Callable[[bytes], None], cut: Callable[[], None]) -> None:
        """Take what stands between LF and CR, and answer by `say`, or `cut` the connection."""
        act = self.next_act()
        try:
            signal = read_frame(frame, self._keys)
        except ValueError:
            self.unverified += 1
            return
        except KeyError:
            say(framed(nak(self._now())))
            return
        if act is None:
            self._answer(signal, say)
        else:
            self._misbehave(act, signal, say, cut)

    def _answer(self, signal: ReceivedSignal, say: Callable[[bytes], None]) -> None:
        if not -LATE_SECONDS <= signal.at - self._now() <= EARLY_SECONDS:
            say(framed(nak(self._now())))
            return
        self._keep(signal)
        say(self._ack(signal))

    def _misbehave(
        self, act: Act, signal: ReceivedSignal, say: Callable[[bytes], None], cut: Callable[[], None]
    ) -> None:
        match act:
            case SayNak():
                say(framed(nak(self._clock.now() + act.ahead_seconds)))
            case SayDuh():
                say(framed(answer("DUH", signal, key=None, at=self._now())))
            case Say():
                say(act.words)
            case SayAck():
                number, account = (signal.number + act.number_more) % 10_000, act.account or signal.account
                key = None if act.clear else self._keys[signal.account]
                other = answer("ACK", replace(signal, number=number, account=account), key=key, at=self._now())
                say(framed(other, crc_more=act.crc_more, length_more=act.length_more))
            case Cut():
                self._keep(signal)
                cut()
            case Late():
                self._keep(signal)
                self.closing.wait(act.seconds)
                say(self._ack(signal))
            case Double():
                self._answer(signal, say)
                self._answer(signal, say)
            case Drip():
                for byte in self._ack(signal)[:-1]:
                    say(bytes([byte]))
                    if self.closing.wait(act.every_seconds):
                        return
            case Silence():
                pass

    def _ack(self, signal: ReceivedSignal) -> bytes:
        return framed(answer("ACK", signal, key=self._keys[signal.account], at=self._now()))

    def _keep(self, signal: ReceivedSignal) -> None:
        with self.changed:
            known = [(one.number, one.data) for one in self._received if one.token != "NULL"]
            if (signal.number, signal.data) in known:
                self.duplicates += 1
            else:
                self._received.append(signal)
                # Inside the lock: the callbacks come in the order of arrival.
                if self._on_signal is not None:
                    self._on_signal(signal)
            if len(self._received) > KEPT_MAX:
                del self._received[0]
                self.forgotten += 1
            self.changed.notify_all()

    def _now(self) -> float:
        return self._clock.now() + self._ahead


class _Tcp(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    centre: AlarmCentre

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        log.debug("connection to the alarm centre broke", client=str(client_address))


class _Udp(ThreadingUDPServer):
    daemon_threads = True
    centre: AlarmCentre


class _Stream(BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Tcp)
        line: socket.socket = self.request
        line.settimeout(0.1)
        rest = b""
        while not self.server.centre.closing.is_set():
            try:
                data = line.recv(4096)
            except TimeoutError:
                continue
            if not data:
                return
            *whole, rest = (rest + data).split(b"\r")
            for part in whole:
                self.server.centre.meet(part.rpartition(b"\n")[2], line.sendall, self._cut)

    def _cut(self) -> None:
        # Linger 0: the peer sees a reset instead of an orderly end.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()


class _Datagram(BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Udp)
        data, line = self.request
        frame = data.rpartition(b"\r")[0].rpartition(b"\n")[2]
        self.server.centre.meet(frame, lambda said: line.sendto(said, self.client_address), lambda: None)
