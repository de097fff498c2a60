"""Times through both changes of the clock, and whatever letters words may have, in CAP messages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.cap import PREMISES
from tests.cap_messages import alert, assert_valid, text, writer
from vigilanza.bridge.cap import cap_time, precise_time
from vigilanza.domain.premises import Unit

ROME = ZoneInfo("Europe/Rome")
CLOCK_CHANGES = [datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp(), datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp()]


@settings(max_examples=60)
@given(at=st.sampled_from(CLOCK_CHANGES).flatmap(lambda change: st.floats(change - 7200, change + 7200)))
def test_times_are_unmistakable_through_both_changes_of_the_clock(at: float) -> None:
    told = cap_time(at, ROME)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", told)
    assert 0 <= at - datetime.fromisoformat(told).timestamp() < 1
    assert abs(at - datetime.fromisoformat(precise_time(at, ROME)).timestamp()) <= 0.001
    assert_valid(writer().write(replace(alert(), at=at)))


def test_the_two_times_at_half_past_two_differ_and_utc_is_minus_zero() -> None:
    change = CLOCK_CHANGES[1]
    assert cap_time(change - 1800, ROME) == "2026-10-25T02:30:00+02:00"
    assert cap_time(change + 1800, ROME) == "2026-10-25T02:30:00+01:00"
    assert cap_time(CLOCK_CHANGES[0] - 1, ROME) == "2026-03-29T01:59:59+01:00"
    assert cap_time(CLOCK_CHANGES[0], ROME) == "2026-03-29T03:00:00+02:00"
    assert cap_time(change, ZoneInfo("UTC")) == "2026-10-25T01:00:00-00:00"
    assert precise_time(change, ZoneInfo("UTC")) == "2026-10-25T01:00:00.000-00:00"


@settings(max_examples=100)
@given(words=st.text(max_size=60), name=st.text(min_size=1, max_size=20))
def test_whatever_the_words_the_message_is_valid_and_says_them(words: str, name: str) -> None:
    place = replace(PREMISES, address=words or "x", units={"B.03.12": Unit("B.03.12", number=name)})
    message = writer(place).write(alert(sentence={"it": words + ".", "en": words + "."}, confirmed_by=name))
    assert_valid(message)
    again = etree.fromstring(etree.tostring(message))
    readable = "".join(
        letter
        for letter in words
        if letter in "\t\n\r"
        or (ord(letter) >= 0x20 and not (0xD800 <= ord(letter) <= 0xDFFF or ord(letter) in (0xFFFE, 0xFFFF)))
    )
    assert text(again, "info/description")[0] == readable + ".."
