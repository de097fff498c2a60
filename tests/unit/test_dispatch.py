"""What a site sends says the same after its way, and nothing else is taken for it."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.centre import CENTRE
from tests.samples import BEGAN, break_in
from vigilanza.domain.alert import alert_for_test, alerts_for_event
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.dispatch import (
    Dispatch,
    Place,
    Pulse,
    decision_at_centre,
    decision_data,
    encode_dispatch,
    encode_pulse,
    event_at_centre,
    read_dispatch,
    read_pulse,
)
from vigilanza.domain.edition import Edition

LINE, HERE = UUID(int=1), UUID(int=2)
PLACE = Place(LINE, 7, 5)


def alert_with(data: dict[str, Any]) -> Alert:
    return Alert(UUID(int=3), "centre", break_in("a")[0].incident, 0, "type", BEGAN, data)


def sent(number: int = 2) -> bytes:
    event = break_in("a")[number]
    [alert] = alerts_for_event(
        event,
        destinations=[CENTRE],
        confirmed_avs=None,
        first_at=event.at,
        first_entry_at=None,
        site="0423",
        told=set(),
        next_sequence=lambda _: 0,
    )
    return encode_dispatch(alert, PLACE, site="0423")


def test_an_event_a_decision_and_a_test_come_back_as_they_were() -> None:
    assert read_dispatch(sent()).item == break_in("a")[2]
    for decision in (
        Decision(break_in("a")[0].incident, "anna", BEGAN + 0.123456, avs=3),
        Decision(break_in("a")[0].incident, "Òscar d'Ó", BEGAN, reason=RejectReason.RESIDENT),
    ):
        raw = encode_dispatch(alert_with(decision_data(decision)), PLACE, site="0423")
        assert read_dispatch(raw) == Dispatch("0423", UUID(int=3), PLACE, BEGAN, decision)
    test = alert_for_test(CENTRE, incident=HERE, at=BEGAN, by="anna", site="0423")
    assert read_dispatch(encode_dispatch(test, PLACE, site="0423")).item is None
    for runs in (None, Edition("0.1.0", "ab12cd34ef56")):
        pulse = Pulse("0423", LINE, BEGAN, 9, runs)
        assert read_pulse(encode_pulse(pulse)) == pulse
    for odd in ("1.0", {"version": "1.0"}, {"version": 3, "configuration": "a"}):
        told = json.loads(encode_pulse(Pulse("0423", LINE, BEGAN, 9))) | {"runs": odd}
        assert read_pulse(json.dumps(told).encode()) == Pulse("0423", LINE, BEGAN, 9), "it is there all the same"


def test_the_centre_keeps_it_under_the_sites_name() -> None:
    event = event_at_centre(break_in("a")[0], site="0423", incident=HERE)
    assert (event.camera, event.door, event.incident) == ("0423/stairs-3", "0423/B.03.12", HERE)
    decision = decision_at_centre(Decision(LINE, "anna", BEGAN, avs=2), site="0423", incident=HERE)
    assert (decision.operator, decision.incident) == ("0423/anna", HERE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [*json.loads(sent()), *(f"event.{key}" for key in json.loads(sent())["event"])]


@given(key=st.sampled_from(KEYS), value=JSON)
def test_whatever_stands_in_a_field_it_is_read_or_refused(key: str, value: Any) -> None:
    told = json.loads(sent())
    holder = told["event"] if key.startswith("event.") else told
    holder[key.removeprefix("event.")] = value
    raw = json.dumps(told).encode()
    for reads in (read_dispatch, read_pulse):
        with suppress(ValueError):
            reads(raw)


@given(raw=st.binary(max_size=200))
def test_noise_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_dispatch(raw)


@pytest.mark.parametrize("changes", [{"number": 5, "after": 5}, {"number": 0, "after": 0}, {"number": True}])
def test_a_number_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a"):
        read_dispatch(json.dumps(json.loads(sent()) | changes).encode())
