"""CAP messages: valid by the schema of OASIS, the same each time, nothing in them that must not be."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree

from tests.cap import PREMISES, SENDER
from tests.cap_messages import TYPES, alert, assert_valid, full, named, text, writer
from tests.samples import BEGAN, incident_id
from vigilanza.bridge.cap import CapWriter, place_in
from vigilanza.domain.alert import TEST_TYPE, rfc3339
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.delivery import Alert, Earlier
from vigilanza.domain.events import EventKind, Severity
from vigilanza.domain.premises import Premises


def test_a_confirmed_entry_says_what_where_and_until_when() -> None:
    message = writer(replace(PREMISES, production=True)).write(alert())
    assert_valid(message)
    assert text(message, "status") + text(message, "msgType") + text(message, "scope") == ["Actual", "Alert", "Private"]
    assert text(message, "sent") == ["2026-11-18T12:06:52+01:00"]
    assert text(message, "info/language") == ["it-IT", "en-GB"]
    assert text(message, "info/onset")[0] == "2026-11-18T12:06:40+01:00"
    assert text(message, "info/expires")[0] == "2026-11-20T12:06:40+01:00"
    assert text(message, "info/area/areaDesc")[0] == "Milano, via Esempio 4, scala B, piano 3, interno 12"
    assert text(message, "info/area/circle")[0] == "45.46420,9.19000 0.03"
    assert named(message, "eventCode") == {"SIA-DC-03": "BV", "ANSI-TMA-AVS-01": "3"}
    assert named(message, "geocode") == {"ISTAT-Comune": "015146", "ALER-UI": "B.03.12"}
    parameters = named(message, "parameter")
    assert parameters["vgz:firstDetection"] == "2026-11-18T12:06:40.480+01:00"
    assert parameters["vgz:flagranteUntil"] == "2026-11-20T12:06:40.480+01:00"
    assert parameters["vgz:confirmedBy"] == "operator-017"


def test_cameras_that_were_hit_at_once_have_a_name_in_common() -> None:
    first = str(incident_id("first"))
    mine = text(writer().write(alert()), "incidents")
    assert text(writer().write(alert(together=first)), "incidents") == [f"{mine[0]} {first}"]
    assert text(writer().write(alert(together=mine[0])), "incidents") == mine, "the first of them"


@pytest.mark.parametrize(
    ("avs", "said"),
    [
        (4, ("Immediate", "Extreme", "Observed", ["Execute"], "PA")),
        (3, ("Immediate", "Severe", "Observed", ["Execute", "Assess"], "BV")),
        (2, ("Immediate", "Moderate", "Likely", ["Assess"], "BV")),
        (1, ("Expected", "Minor", "Possible", ["Assess"], "BA")),
    ],
)
def test_the_operators_score_sets_the_tone(avs: int, said: tuple[Any, ...]) -> None:
    for verb, sequence in (("confirmed", 0), ("updated", 1)):
        message = writer().write(alert(verb, avs=avs, sequence=sequence))
        codes = named(message, "eventCode")
        assert codes["ANSI-TMA-AVS-01"] == str(avs)
        heard = tuple(text(message, f"info/{word}")[0] for word in ("urgency", "severity", "certainty"))
        half = len(text(message, "info/responseType")) // 2
        assert (*heard, text(message, "info/responseType")[:half], codes["SIA-DC-03"]) == said


@pytest.mark.parametrize(
    ("verb", "data", "code", "urgency", "response"),
    [
        ("ended", {"kind": "closed", "severity": "info"}, "BR", "Past", "Monitor"),
        ("tampered", {"unit": None, "kind": "camera_covered", "avs": 1}, "TA", "Expected", "Assess"),
        ("offline", {"unit": None, "kind": "camera_lost", "avs": None}, "BT", "Expected", "Assess"),
        ("online", {"unit": None, "kind": "restored", "severity": "info"}, "BJ", "Past", "Monitor"),
        ("restored", {"unit": None, "kind": "restored", "severity": "info"}, "TR", "Past", "Monitor"),
        ("raised", {"kind": "loitering", "severity": "attention", "avs": None}, "BA", "Expected", "Assess"),
        ("updated", {"severity": "info", "order": "WO-0001", "avs": None}, "BA", "Unknown", "None"),
    ],
)
def test_what_is_not_a_confirmed_entry_is_told_so(
    verb: str, data: dict[str, Any], code: str, urgency: str, response: str
) -> None:
    message = writer().write(alert(verb, **data))
    assert_valid(message)
    assert named(message, "eventCode")["SIA-DC-03"] == code
    assert (text(message, "info/urgency")[0], text(message, "info/responseType")[0]) == (urgency, response)
    assert ("ALER-UI" in named(message, "geocode")) == ("unit" not in data)
    assert ("ANSI-TMA-AVS-01" in named(message, "eventCode")) == (data.get("avs", 3) is not None)


def test_an_update_and_a_cancel_name_every_open_message_byte_for_byte() -> None:
    sent = [writer().write(alert("confirmed", sequence=number)) for number in (0, 1, 2)]
    triples = [",".join(text(one, tag)[0] for tag in ("sender", "identifier", "sent")) for one in sent]
    earlier = tuple(Earlier(number, full("updated"), BEGAN + 12.7) for number in (0, 1, 2))
    update = writer().write(alert("updated", sequence=3, earlier=earlier))
    cancel = writer().write(alert("rejected", sequence=3, earlier=earlier, status="rejected", reason="animal"))
    for message, kind in ((update, "Update"), (cancel, "Cancel")):
        assert_valid(message)
        assert text(message, "msgType") == [kind]
        assert text(message, "references") == [" ".join(triples)]
    assert text(cancel, "note") == ["Revocato / withdrawn: animal"]
    assert named(cancel, "eventCode") == {"SIA-DC-03": "BC", "ANSI-TMA-AVS-01": "0"}
    assert text(cancel, "info/responseType") == ["AllClear", "AllClear"]


def test_what_was_withdrawn_is_not_open_any_more() -> None:
    before = (Earlier(0, full("confirmed"), BEGAN), Earlier(1, full("rejected"), BEGAN + 5))
    again = writer().write(alert("confirmed", sequence=2, earlier=before))
    assert (text(again, "msgType"), text(again, "references")) == (["Alert"], [])
    more = writer().write(alert("updated", sequence=3, earlier=(*before, Earlier(2, full("confirmed"), BEGAN + 9))))
    assert text(more, "msgType") == ["Update"]
    assert re.fullmatch(r"\S+-2,\S+", text(more, "references")[0])


@pytest.mark.parametrize("production", [False, True])
@pytest.mark.parametrize("verb", TYPES)
def test_nothing_is_actual_outside_production(verb: str, production: bool) -> None:
    kind = "restored" if verb in ("online", "restored") else "entry"
    message = writer(replace(PREMISES, production=production)).write(alert(verb, kind=kind, reason="animal"))
    assert_valid(message)
    assert text(message, "status") == ["Actual" if production else "Exercise"]
    if not production:
        assert text(message, "info/instruction")[0].startswith("ESERCITAZIONE")


@pytest.mark.parametrize("production", [False, True])
def test_a_test_is_a_test_and_asks_nothing(production: bool) -> None:
    data = {"site": "0423", "incident": "x", "at": rfc3339(BEGAN), "status": "test", "asked_by": "Maria"}
    test = Alert(uuid4(), "room", uuid4(), 0, TEST_TYPE, BEGAN, data)
    message = writer(replace(PREMISES, production=production)).write(test)
    assert_valid(message)
    assert (text(message, "status"), text(message, "msgType")) == (["Test"], ["Alert"])
    assert text(message, "info/responseType") == ["None", "None"]
    assert "Maria" not in etree.tostring(message, encoding="unicode")


def test_every_kind_severity_and_reason_makes_a_valid_message() -> None:
    for kind in EventKind:
        for severity in Severity:
            for avs in (None, 1, 4):
                assert_valid(writer().write(alert("updated", kind=kind.value, severity=severity.value, avs=avs)))
    for reason in RejectReason:
        assert_valid(writer().write(alert("rejected", reason=reason.value, flagrante_until=None)))
    assert_valid(writer(Premises("s", "Casa")).write(alert(sentence=None)))


def test_the_same_alert_is_the_same_message_and_no_other_is() -> None:
    assert etree.tostring(writer().write(alert())) == etree.tostring(writer().write(alert()))
    elsewhere = CapWriter(premises=PREMISES, destination="other", sender=SENDER, addresses=("x",))
    names = {
        one.name(incident_id(name), number, BEGAN)
        for one in (writer(), elsewhere)
        for name in "ab"
        for number in (0, 1)
    }
    assert len({name.identifier for name in names}) == 8
    assert {place_in(name.identifier) for name in names} == {
        (incident_id(name), number) for name in "ab" for number in (0, 1)
    }


def test_a_late_message_of_an_old_incident_still_counts_for_an_hour() -> None:
    old = alert(first_detection=rfc3339(BEGAN - 5e5), flagrante_until=rfc3339(BEGAN - 5e5 + 48 * 3600))
    message = writer().write(old)
    assert text(message, "info/expires")[0] == "2026-11-18T13:06:52+01:00"
    assert named(message, "parameter")["vgz:flagranteUntil"] < "2026-11-18"


def test_nothing_about_people_gets_in() -> None:
    said = etree.tostring(
        writer().write(alert(evidence=[{"fact": "went_in", "count": 2}], names="Rossi")), encoding="unicode"
    )
    assert "Rossi" not in said
    assert "evidence" not in said
    assert "resource" not in said


def test_minors_are_a_code_and_no_word() -> None:
    earlier = (Earlier(0, full("confirmed"), BEGAN + 1.0),)
    message = writer(replace(PREMISES, production=True)).write(alert("noted", earlier=earlier, minors="present"))
    assert_valid(message)
    assert text(message, "msgType") == ["Update"]
    assert text(message, "info/event") == [
        "Ingresso in alloggio sigillato (aggiornamento)",
        "Entry into a sealed flat (update)",
    ]
    [first, second] = [found for found in message.iter() if "minor" in f"{found.text}".lower()][:2]
    assert (first.text, second.text) == ("vgz:minors", "vgz:minors")
    assert named(message, "parameter")["vgz:minors"] == "present"
    assert "vgz:minors" not in named(writer().write(alert()), "parameter")
