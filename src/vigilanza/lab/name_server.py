"""A simulated name server: what it says of a name can be changed while it runs, and it can fall silent."""

import ipaddress
import socketserver
import struct
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

PORT = 53
_TTL_S = 3600
"""So long whoever keeps answers would keep this one."""
_HEAD = struct.Struct("!6H")
_ANSWER = struct.Struct("!HHHIH4s")
_NO_ERROR, _NO_SUCH_NAME = 0x8580, 0x8583
"""Flags of an answer: authoritative, recursion asked for and offered."""
_A, _IN = 1, 1
_THE_NAME_ASKED_FOR = 0xC00C


class NameServer:
    """Answers for IPv4 addresses over UDP at `host`:53, from `with` to the end of it.

    `known`: name → addresses; a name that is not in it is answered as unknown. `silent`: no question is answered.
    """

    def __init__(self, known: Mapping[str, Sequence[str]], *, host: str = "127.0.0.1") -> None:
        self.known = dict(known)
        self.silent = False
        self.asked: deque[str] = deque(maxlen=1000)
        """Names asked for, the last 1000, of IPv4 only."""
        self._server = _Server((host, PORT), _Answering)
        self._server.names = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="name server", daemon=True
        )

    def __enter__(self) -> "NameServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, question: bytes) -> bytes:
        """RFC 1035, 4: to one question. An IPv6 address is never known."""
        number, _, _, _, _, _ = _HEAD.unpack_from(question)
        labels, at = [], _HEAD.size
        while length := question[at]:
            labels.append(question[at + 1 : at + 1 + length].decode("ascii"))
            at += 1 + length
        name, kind = ".".join(labels).lower(), struct.unpack_from("!H", question, at + 1)[0]
        found = self.known.get(name)
        if kind == _A:
            self.asked.append(name)
        packed = [ipaddress.IPv4Address(address).packed for address in found or ()] if kind == _A else []
        head = _HEAD.pack(number, _NO_SUCH_NAME if found is None else _NO_ERROR, 1, len(packed), 0, 0)
        answers = (_ANSWER.pack(_THE_NAME_ASKED_FOR, _A, _IN, _TTL_S, 4, address) for address in packed)
        return head + question[_HEAD.size : at + 5] + b"".join(answers)


class _Server(socketserver.UDPServer):
    names: NameServer


class _Answering(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        question: bytes
        line: Any
        question, line = self.request
        if not self.server.names.silent:
            line.sendto(self.server.names.answer(question), self.client_address)
