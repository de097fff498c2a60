"""Frames of SIA DC-09 as a receiver reads them: written from the standard, apart from what sends them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_FRAME = re.compile(
    r'"(?P<star>\*?)(?P<token>SIA-DCS|ADM-CID|NULL)"(?P<number>[0-9]{4})(?P<path>(?:R[0-9A-F]{1,6})?L[0-9A-F]{1,6})'
    r"#(?P<account>[0-9A-F]{3,16})\[(?P<rest>.*)"
)
_INSIDE = re.compile(r"(?P<data>[^\[\]]*)\](?P<extended>(?:\[[A-Z][^\[\]]*\])*)_(?P<stamp>[0-9:,-]{19})")


@dataclass(frozen=True, slots=True)
class ReceivedSignal:
    """A frame that was understood; `at` is its timestamp, UTC in Unix seconds."""

    token: str
    number: int
    path: str
    account: str
    encrypted: bool
    data: str
    extended: tuple[tuple[str, str], ...]
    at: float


def read_frame(frame: bytes, keys: dict[str, bytes | None]) -> ReceivedSignal:
    """What stands between LF and CR. ValueError if crc, length or form are wrong; KeyError for an account not in
    `keys`, or one that should be encrypted and is not, or the other way round.
    """
    body = frame[8:]
    if frame[:8] != f"{checksum(body):04X}{len(body):04X}".encode("ascii"):
        raise ValueError("crc or length is wrong")
    found = _FRAME.fullmatch(body.decode("cp1252"))
    if found is None:
        raise ValueError("not a frame")
    key = keys[found["account"]]
    if bool(found["star"]) != (key is not None):
        raise KeyError(found["account"])
    inside = _INSIDE.fullmatch(found["rest"] if key is None else _decrypted(found["rest"], key))
    if inside is None:
        raise ValueError("not a message")
    return ReceivedSignal(
        found["token"],
        int(found["number"]),
        found["path"],
        found["account"],
        key is not None,
        inside["data"],
        tuple((part[0], part[1:]) for part in re.findall(r"\[([^\]]*)\]", inside["extended"])),
        datetime.strptime(inside["stamp"], "%H:%M:%S,%m-%d-%Y").replace(tzinfo=UTC).timestamp(),
    )


def answer(word: str, signal: ReceivedSignal, *, key: bytes | None, at: float) -> bytes:
    """ACK or DUH to a signal, without LF, crc, length and CR; encrypted if there is a key."""
    head = f'"{"" if key is None else "*"}{word}"{signal.number:04d}{signal.path}#{signal.account}['
    if key is None:
        return f"{head}]".encode("ascii")
    said = f"|]_{datetime.fromtimestamp(at, UTC):%H:%M:%S,%m-%d-%Y}"
    said = "0" * (16 - len(said) % 16) + said
    worker = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    hidden = worker.update(said.encode("ascii")) + worker.finalize()
    return f"{head}{hidden.hex().upper()}".encode("ascii")


def nak(at: float) -> bytes:
    """NAK with the receiver's time; it has no number and is never encrypted."""
    return f'"NAK"0000R0L0A0[]_{datetime.fromtimestamp(at, UTC):%H:%M:%S,%m-%d-%Y}'.encode("ascii")


def framed(body: bytes, *, crc_more: int = 0, length_more: int = 0) -> bytes:
    """The whole frame, right or made wrong."""
    crc = (checksum(body) + crc_more) & 0xFFFF
    return b"\n" + f"{crc:04X}{len(body) + length_more:04X}".encode("ascii") + body + b"\r"


def checksum(data: bytes) -> int:
    """CRC-16/ARC by the table of DC-07's appendix, which gives what is left after each possible byte."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _entry(byte: int) -> int:
    left = byte
    for _ in range(8):
        left = (left >> 1) ^ 0xA001 if left % 2 else left >> 1
    return left


_TABLE = tuple(_entry(byte) for byte in range(256))


def _decrypted(told: str, key: bytes) -> str:
    worker = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    padded = (worker.update(bytes.fromhex(told)) + worker.finalize()).decode("cp1252")
    pad, bar, said = padded.partition("|")
    if not bar or "[" in pad or "]" in pad:
        raise ValueError("no pad")
    return said
