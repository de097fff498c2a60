"""Whatever an alarm centre answers: an answer, or a ValueError, at once. Anybody can make crc and length right."""

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given

from tests.dc09 import ACCOUNT, KEY
from tests.soak import EXAMPLES
from tests.spoilt import NUMBERS, spoilt
from vigilanza.bridge.dc09_frame import Answer, Line, Message, Token, encode_frame, parse_answer, wrap
from vigilanza.clock import SystemClock

AT = datetime(2026, 11, 22, 7, 20, 8, tzinfo=UTC).timestamp()
BODIES: Final = [
    b'"ACK"0001R1L0#04230312[]',
    b'"NAK"0000R1L0A0[]_07:20:08,11-22-2026',
    b'"DUH"0012R1L0#04230312[#04230312|Nri12/BA12][H07:20:08,11-22-2026]_07:20:08,11-22-2026',
]
WORDS = (
    *NUMBERS,
    *(
        b"",
        b'"',
        b"[",
        b"]",
        b"|",
        b"_",
        b"#",
        b"*",
        b"R",
        b"L",
        b"A",
        b"A" * 2000,
        b"[]" * 900,
        b"0" * 2000,
        b"\n",
        b"\r",
    ),
    *(b"24:00:00", b"00:00:00,02-30-2026", b"00:00:00,01-01-0001", b"23:59:60,12-31-9999"),
)


def answer(frame: bytes, key: bytes | None) -> Answer | None:
    try:
        return parse_answer(frame, key)
    except ValueError:
        return None


@EXAMPLES
@given(body=spoilt(BODIES, WORDS))
def test_a_clear_answer(body: bytes) -> None:
    for key in (None, KEY):
        answer(body, key)
        answer(wrap(body)[1:-1], key)


@EXAMPLES
@given(data=spoilt([b"", b"#04230312|Nri12/BA12^PORTA^", b"x][H07:20:08,11-22-2026"], WORDS))
def test_an_encrypted_answer_of_one_who_knows_the_key(data: bytes) -> None:
    said = Message(Token.NULL, data.decode("latin-1"))
    frame = encode_frame(Line(ACCOUNT, key=KEY), said, number=7, at=AT)
    body = frame[9:-1].replace(b'"*NULL"', b'"*ACK"')
    found = answer(wrap(body)[1:-1], KEY)
    assert found is None or (found.number, found.account, found.encrypted) == (7, ACCOUNT, True)
    assert answer(wrap(body)[1:-1], bytes(32)) is None


@pytest.mark.parametrize("digits", [b"A" * 2000, b"R1L0A0" * 300, b"RLA" * 600, b"A1" * 1000])
def test_looking_for_an_answer_does_not_last(digits: bytes) -> None:
    clock = SystemClock()
    began = clock.monotonic()
    assert answer(wrap(b'"ACK"0001' + digits + b"!")[1:-1], None) is None
    assert clock.monotonic() - began < 5.0
