"""Frames of ANSI/SIA DC-09, the language of alarm receiving centres over IP.

`LF crc length "id" number Rreceiver Lprefix #account [data] [x-data]… _timestamp CR`, without the blanks. Crc
(CRC-16/ARC) and length, each four hexadecimal digits, cover all from the first `"` to the byte before CR. With a key
the id has a `*`, and all behind the first `[` is the upper-case hexadecimal text of AES-CBC with a zero vector; what
hides equal messages is a random pad in front of the data, up to a `|`. The header stays clear.
"""

import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 16
TEXT_MAX_BYTES = 256
CHARSET = "cp1252"
"""The standard's alphabet for texts (Windows-1252)."""
_PAD_ALPHABET = string.ascii_uppercase + string.digits
_STAMP = "%H:%M:%S,%m-%d-%Y"
_ANSWER = re.compile(
    rb'"(?P<star>\*?)(?P<word>ACK|NAK|DUH)"(?P<number>[0-9]{4})'
    rb"(?:[RLA][0-9A-Fa-f]{1,6}){0,3}(?:#(?P<account>[0-9A-Fa-f]{3,16}))?\[(?P<rest>.*)",
    re.DOTALL,
)
"""R, L and A, each at most once: A is a hexadecimal digit too, so that any number of them could be told in endlessly
many ways, and looking for one would take for ever."""
_CLEAR = re.compile(rb"[^\[\]]*\](?:\[[^\[\]]*\])*(?:_(?P<stamp>[0-9:,-]{19}))?")
_DECRYPTED = re.compile(rb"[^\[\]]*\](?:\[[^\[\]]*\])*_(?P<stamp>[0-9:,-]{19})")
"""Beneath the encryption a timestamp is mandatory."""


class Token(StrEnum):
    """What a message is made of."""

    SIA = "SIA-DCS"
    CONTACT_ID = "ADM-CID"
    NULL = "NULL"


class Word(StrEnum):
    """What a receiver says to a frame: it has it; its time is not ours (or it cannot be decrypted); it has no use."""

    ACK = "ACK"
    NAK = "NAK"
    DUH = "DUH"


@dataclass(frozen=True, slots=True)
class Line:
    """Who speaks: `account` (3 to 16 hexadecimal digits), numbers of the receiver (None: not told) and the account's
    prefix (up to 6 hexadecimal digits each), AES key of 16, 24 or 32 bytes, None for clear frames.
    """

    account: str
    receiver: str | None = "1"
    prefix: str = "0"
    key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: `data` as between the brackets, and x-data as letter and text."""

    token: Token
    data: str = ""
    extended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A frame of a receiver whose crc and length are right; `at` is its own time (UTC, Unix seconds) if it told it."""

    word: Word
    number: int
    account: str | None
    encrypted: bool
    at: float | None


def random_pad(length: int) -> str:
    """Letters and digits that nobody foresees."""
    return "".join(secrets.choice(_PAD_ALPHABET) for _ in range(length))


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial 0x8005 reflected, beginning with 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def encode_frame(
    line: Line, message: Message, *, number: int, at: float, pad: Callable[[int], str] = random_pad
) -> bytes:
    """The whole frame; `number` 0..9999, `at` the time to stamp it with, by the receiver's clock (Unix seconds)."""
    extended = "".join(f"[{letter}{text}]" for letter, text in message.extended)
    said = f"{message.data}]{extended}_{stamp(at)}".encode(CHARSET, "replace")
    star = "" if line.key is None else "*"
    receiver = "" if line.receiver is None else f"R{line.receiver}"
    head = f'"{star}{message.token}"{number:04d}{receiver}L{line.prefix}#{line.account}['
    if line.key is not None:
        said = b"|" + said
        padding = -len(said) % BLOCK_BYTES or BLOCK_BYTES
        said = _aes(line.key, pad(padding).encode("ascii") + said).hex().upper().encode("ascii")
    return wrap(head.encode("ascii") + said)


def wrap(body: bytes) -> bytes:
    """`body`, from the first quote on, with all that goes around it."""
    return b"\n" + f"{crc16(body):04X}{len(body):04X}".encode("ascii") + body + b"\r"


def parse_answer(frame: bytes, key: bytes | None) -> Answer:
    """What stands between LF and CR. ValueError if anything is not exactly as the standard has it."""
    body = frame[8:]
    if not re.fullmatch(rb"[0-9A-Fa-f]{8}", frame[:8]):
        raise ValueError("no crc and length")
    if int(frame[4:8], 16) != len(body):
        raise ValueError("wrong length")
    if int(frame[:4], 16) != crc16(body):
        raise ValueError("wrong crc")
    found = _ANSWER.fullmatch(body)
    if found is None:
        raise ValueError("not an answer")
    encrypted, rest = bool(found["star"]), found["rest"]
    inside = _DECRYPTED.fullmatch(_decrypt(key, rest)) if encrypted else _CLEAR.fullmatch(rest)
    if inside is None:
        raise ValueError("cannot be decrypted" if encrypted else "not an answer")
    account = found["account"]
    return Answer(
        Word(found["word"].decode()),
        int(found["number"]),
        None if account is None else account.decode().upper(),
        encrypted,
        _time(inside["stamp"]),
    )


def stamp(at: float) -> str:
    """HH:MM:SS,MM-DD-YYYY in UTC, as in timestamps and times of occurrence."""
    return datetime.fromtimestamp(at, UTC).strftime(_STAMP)


def text(said: str) -> str:
    """`said` as it may stand in a frame: in Windows-1252 at most 256 bytes, and nothing that the frame is made of."""
    known = said.encode(CHARSET, "replace").decode(CHARSET)
    plain = "".join(" " if letter in "[]|^" or not letter.isprintable() else letter for letter in known)
    return " ".join(plain.split())[:TEXT_MAX_BYTES]


def _time(told: bytes | None) -> float | None:
    if told is None:
        return None
    return datetime.strptime(told.decode("ascii"), _STAMP).replace(tzinfo=UTC).timestamp()


def _decrypt(key: bytes | None, told: bytes) -> bytes:
    try:
        raw = bytes.fromhex(told.decode("ascii"))
    except ValueError as error:
        raise ValueError("not hexadecimal") from error
    if key is None or not raw or len(raw) % BLOCK_BYTES:
        raise ValueError("cannot be decrypted")
    return _aes(key, raw, back=True)


def _aes(key: bytes, data: bytes, *, back: bool = False) -> bytes:
    # The zero vector is the standard's; the random pad in the first block stands in for it.
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK_BYTES)))
    worker = cipher.decryptor() if back else cipher.encryptor()
    return worker.update(data) + worker.finalize()
