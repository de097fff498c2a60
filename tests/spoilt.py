"""Bytes that were good, spoilt in ways that Hypothesis finds and makes as small as they go."""

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

NUMBERS = (
    *(b"0", b"-1", b"1e999", b"-1e999", b"nan", b"inf", b"0.0", b"00000000000000000000", b"2147483648", b"-2147483649"),
    *(b"18446744073709551616", b"9" * 400, b"9" * 5000, b"1_0", b"0x7fffffff", "\u0661\u0662".encode(), b"\xb2"),
)
"""Numbers at which programs stumble."""
_WORD = re.compile(rb"[\w.+-]+")


@st.composite
def spoilt(draw: st.DrawFn, wholes: Sequence[bytes], words: Sequence[bytes] = NUMBERS) -> bytes:
    """One of `wholes` in which a few things were cut out, doubled, moved, or changed to some of `words`."""
    raw = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 5))):
        _spoil(draw, raw, words)
    return bytes(raw)


def _spoil(draw: st.DrawFn, raw: bytearray, words: Sequence[bytes]) -> None:
    found = [match.span() for match in _WORD.finditer(raw)] or [(0, len(raw))]
    begin, end = draw(st.sampled_from(found))
    match draw(st.sampled_from(("word", "other", "cut", "double", "noise", "end"))):
        case "word":
            raw[begin:end] = draw(st.sampled_from(words))
        case "other":
            first, last = draw(st.sampled_from(found))
            raw[begin:end] = raw[first:last]
        case "cut":
            del raw[begin : draw(st.integers(begin, min(len(raw), begin + 80)))]
        case "double":
            raw[begin:begin] = raw[begin : draw(st.integers(begin, min(len(raw), begin + 400)))]
        case "noise":
            raw[begin:begin] = draw(st.binary(min_size=1, max_size=8))
        case _:
            del raw[end:]


def refusal(work: Callable[[], object], error: type[Exception]) -> str | None:
    """What it was refused with; None if it was taken."""
    try:
        work()
    except error as refused:
        return str(refused)
    return None
