"""Frames of SIA DC-09: the known ones to the byte, and whatever is told comes out as it went in."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent

from tests.dc09 import ACCOUNT, KEY
from vigilanza.bridge.dc09_frame import (
    Answer,
    Line,
    Message,
    Token,
    Word,
    crc16,
    encode_frame,
    parse_answer,
    random_pad,
    text,
    wrap,
)
from vigilanza.lab.alarm_centre_frame import checksum, read_frame

AT = datetime(2026, 11, 22, 7, 20, 8, tzinfo=UTC).timestamp()
CLEAR = Line(ACCOUNT)
HIDDEN = Line(ACCOUNT, key=KEY)
keys = st.sampled_from([None, bytes(16), bytes(range(24)), b"0123456789ABCDEF" * 2])
said = st.text(st.characters(codec="cp1252", exclude_characters="[]|\r\n", exclude_categories=["Cc"]), max_size=60)


@pytest.mark.parametrize(
    ("message", "number", "frame"),
    [
        (
            Message(Token.SIA, "#04230312|Nri12/BA12^PORTA 12^"),
            1,
            b'\nE46F004E"SIA-DCS"0001R1L0#04230312[#04230312|Nri12/BA12^PORTA 12^]_07:20:08,11-22-2026\r',
        ),
        (
            Message(Token.CONTACT_ID, "#04230312|1130 12 012"),
            3,
            b'\nA4DC0045"ADM-CID"0003R1L0#04230312[#04230312|1130 12 012]_07:20:08,11-22-2026\r',
        ),
        (Message(Token.NULL), 0, b'\n3B94002D"NULL"0000R1L0#04230312[]_07:20:08,11-22-2026\r'),
    ],
    ids=["SIA-DCS", "ADM-CID", "NULL"],
)
def test_known_frames_to_the_byte(message: Message, number: int, frame: bytes) -> None:
    assert encode_frame(CLEAR, message, number=number, at=AT) == frame


def test_the_checksum_is_crc16_arc() -> None:
    assert crc16(b"123456789") == 0xBB3D


def test_an_encrypted_frame_hides_all_but_the_header_and_is_never_twice_the_same() -> None:
    message = Message(Token.SIA, "#04230312|Nri12/BA12")
    first, second = (encode_frame(HIDDEN, message, number=7, at=AT) for _ in range(2))
    assert first != second
    head, _, hidden = first[9:-1].partition(b"[")
    assert head == b'"*SIA-DCS"0007R1L0#04230312'
    assert re.fullmatch(rb"(?:[0-9A-F]{32})+", hidden)
    fixed = encode_frame(HIDDEN, message, number=7, at=AT, pad=lambda length: "P" * length)
    assert fixed == encode_frame(HIDDEN, message, number=7, at=AT, pad=lambda length: "P" * length)


@settings(deadline=None)
@given(keys, said, st.lists(st.tuples(st.sampled_from("HILVS"), said), max_size=3), st.integers(0, 9999))
def test_a_receiver_reads_what_was_said(
    key: bytes | None, data: str, extended: list[tuple[str, str]], number: int
) -> None:
    frame = encode_frame(Line(ACCOUNT, key=key), Message(Token.SIA, data, tuple(extended)), number=number, at=AT)
    assert frame[:1] + frame[-1:] == b"\n\r"
    assert int(frame[5:9], 16) == len(frame) - 10
    signal = read_frame(frame[1:-1], {ACCOUNT: key})
    assert (signal.data, signal.extended, signal.number, signal.at) == (data, tuple(extended), number, AT)
    assert checksum(frame[9:-1]) == crc16(frame[9:-1])


@settings(deadline=None)
@given(st.integers(1, 9999), st.integers(0, 999), st.sampled_from(["BA", "BV", "PA", "TA"]), st.booleans())
def test_pysiaalarm_reads_what_was_said(number: int, zone: int, code: str, hidden: bool) -> None:
    line = HIDDEN if hidden else CLEAR
    told = Message(
        Token.SIA, f"#{ACCOUNT}|Nri1/{code}{zone}^0423.B.03.12^", (("H", "07:20:08,11-22-2026"), ("L", "via"))
    )
    frame = encode_frame(line, told, number=number, at=AT)
    event = SIAEvent.from_line(
        frame[1:-1].decode("ascii"), {ACCOUNT: SIAAccount(ACCOUNT, key=KEY.decode() if hidden else None)}
    )
    assert event.valid_message
    assert (event.code, event.message, event.sequence) == (code, f"{zone}^0423.B.03.12^", f"{number:04d}")
    assert [(one.identifier, one.value) for one in event.extended_data or []] == list(told.extended)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_are_taken_for_an_answer_that_are_none(noise: bytes) -> None:
    for key in (None, KEY):
        with pytest.raises(ValueError, match=r"crc|length|answer|decrypted|hexadecimal"):
            parse_answer(noise, key)
        with pytest.raises(ValueError, match=r"answer|decrypted|hexadecimal"):
            parse_answer(wrap(noise)[1:-1], key)


def test_answers_are_read_with_their_number_account_and_time() -> None:
    assert parse_answer(b'CF3F0018"ACK"0001R1L0#04230312[]', None) == Answer(Word.ACK, 1, ACCOUNT, False, None)
    nak = parse_answer(wrap(b'"NAK"0000R1L0A0[]_07:20:08,11-22-2026')[1:-1], KEY)
    assert nak == Answer(Word.NAK, 0, None, False, AT)
    assert parse_answer(wrap(b'"DUH"0012R1L0#04230312[]')[1:-1], None).word is Word.DUH


@pytest.mark.parametrize(
    "body",
    [
        b'"ACK"001R1L0#04230312[]',
        b'"ACK"0001R1L0#04230312[',
        b'"ACK"0001R1L0#04230312[]]',
        b'"ACK"0001R1L0#04230312[] ',
        b'ACK"0001R1L0#04230312[]',
        b'"OK"0001R1L0#04230312[]',
        b'"*ACK"0001R1L0#04230312[00]',
        b'"*ACK"0001R1L0#04230312[' + b"00" * 16,
        b'"NAK"0000R0L0A0[]_25:61:00,11-22-2026',
    ],
)
def test_a_frame_that_is_almost_an_answer_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_answer(wrap(body)[1:-1], KEY)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Forlì, via dell’Università 4", "Forlì, via dell’Università 4"),
        ("scala [B] | piano\r\n3^", "scala B piano 3"),
        ("Łódź 東 4", "?ód? ? 4"),
        ("x" * 300, "x" * 256),
    ],
)
def test_texts_are_windows_1252_of_at_most_256_bytes(words: str, told: str) -> None:
    assert text(words) == told
    assert len(text(words).encode("cp1252")) <= 256


def test_the_pad_is_made_of_letters_and_digits() -> None:
    assert set(random_pad(4000)) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
