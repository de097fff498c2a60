"""What an alarm centre is told of each alert, and where."""

from dataclasses import replace
from typing import Any

import pytest

from tests.dc09 import ACCOUNT, CONFIRMED, DOOR, PREMISES, alert
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.bridge.dc09_codes import signals
from vigilanza.bridge.dc09_frame import Message, Token
from vigilanza.bridge.dc09_message import Wording, messages
from vigilanza.domain.alert import alert_for_test, alerts_for_event
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import EventKind
from vigilanza.domain.premises import Premises, Unit

SIA = Wording(ACCOUNT, Token.SIA)
CAMERA: dict[str, Any] = {"unit": None, "kind": "camera_covered"}
WHEN = ("H", "11:06:40,11-18-2026")
WHERE = ("L", "Milano, via Esempio 4, scala B, piano 3, interno 12")


@pytest.mark.parametrize(
    ("told", "sia", "contact_id"),
    [
        (CONFIRMED, ["BA", "BV"], ["1130", "1139"]),
        (alert("incident.confirmed", status="confirmed", avs=2), ["BA", "BV"], ["1130", "1139"]),
        (alert("incident.confirmed", status="confirmed", avs=1), ["BA"], ["1130"]),
        (alert("incident.confirmed", status="confirmed", avs=4), ["PA", "BA", "BV"], ["1120", "1130", "1139"]),
        (alert("incident.rejected", status="rejected", reason="resident"), ["BC"], ["1406"]),
        (alert("detection.raised", severity="attention", kind="loitering"), ["BG"], ["1138"]),
        (alert("detection.raised"), ["BA"], ["1130"]),
        (alert("detection.updated", severity="critical"), ["BA"], ["1130"]),
        (alert("detection.updated", status="confirmed", avs=3), ["BA", "BV"], ["1130", "1139"]),
        (alert("detection.raised", severity="info", order="WO-0147"), ["BX"], ["1607"]),
        (alert("detection.ended", severity="info", kind="closed"), ["BR"], ["3130"]),
        (alert("camera.tampered", **CAMERA), ["TA"], ["1144"]),
        (alert("camera.restored", unit=None, kind="restored"), ["TR"], ["3144"]),
        (alert("camera.offline", unit=None, kind="camera_lost"), ["BT"], ["1380"]),
        (alert("camera.online", unit=None, kind="restored"), ["BJ"], ["3380"]),
        (alert("incident.confirmed", status="confirmed", avs=3, **CAMERA), ["TA"], ["1144"]),
        (alert("incident.confirmed", status="confirmed", avs=4, **CAMERA), ["PA", "TA"], ["1120", "1144"]),
        (alert("incident.confirmed", status="confirmed", avs=1, unit=None, kind="camera_lost"), ["BT"], ["1380"]),
        (alert_for_test(ROOM, incident=incident_id("t"), at=BEGAN, by="anna", site="0423"), ["RX"], ["1601"]),
    ],
    ids=lambda told: f"{told.type}/{told.data.get('avs')}" if isinstance(told, Alert) else None,
)
def test_each_alert_has_its_codes(told: Alert, sia: list[str], contact_id: list[str]) -> None:
    assert [signal.sia for signal in signals(told)] == sia
    assert [signal.contact_id for signal in signals(told)] == contact_id


def test_every_kind_of_event_has_a_code() -> None:
    for kind in EventKind:
        for door in (DOOR, None):
            event = replace(break_in("a")[1], kind=kind, door=door)
            if (door is None) != (kind.value.startswith("camera") or kind is EventKind.RESTORED):
                continue
            [told] = alerts_for_event(
                event,
                destinations=[VMS],
                confirmed_avs=None,
                first_at=BEGAN,
                first_entry_at=None,
                site="0423",
                told=set(),
                next_sequence=lambda _: 0,
            )
            assert signals(told)


def test_an_alert_of_a_type_that_is_not_known_has_none() -> None:
    with pytest.raises(ValueError, match="no code"):
        signals(alert("evidence.sealed"))


def test_the_door_is_told_by_its_zone_and_the_verification_by_its_area() -> None:
    said = messages(CONFIRMED, premises=PREMISES, wording=SIA)
    assert said == (
        Message(Token.SIA, "#04230312|Nri1/BA12^0423.B.03.12^", (WHEN, WHERE)),
        Message(Token.SIA, "#04230312|Nri1/BV1^0423.B.03.12^", (WHEN, WHERE)),
    )


def test_contact_id_names_area_and_zone_and_bears_the_same_time_and_place() -> None:
    said = messages(CONFIRMED, premises=PREMISES, wording=replace(SIA, token=Token.CONTACT_ID, area=3))
    assert [one.data for one in said] == ["#04230312|1130 03 012", "#04230312|1139 03 012"]
    assert said[0].extended == (WHEN, WHERE)


def test_time_and_place_can_be_left_out() -> None:
    assert messages(CONFIRMED, premises=PREMISES, wording=replace(SIA, where=False))[0].extended == (WHEN,)
    assert messages(CONFIRMED, premises=PREMISES, wording=replace(SIA, when=False, where=False))[0].extended == ()


def test_a_camera_is_told_by_its_own_number_and_its_name() -> None:
    told = alert("camera.tampered", **CAMERA)
    numbered = replace(SIA, camera_zones={"b3-landing": 901})
    assert messages(told, premises=PREMISES, wording=numbered)[0].data == "#04230312|Nri1/TA901^b3-landing^"
    assert messages(told, premises=PREMISES, wording=SIA)[0].data == "#04230312|Nri1/TA0^b3-landing^"
    contact_id = replace(numbered, token=Token.CONTACT_ID)
    assert messages(told, premises=PREMISES, wording=contact_id)[0].data == "#04230312|1144 01 901"


def test_a_door_without_a_number_is_told_all_the_same() -> None:
    bare = Premises("0423", "via Esempio 4", production=True)
    [first, _] = messages(CONFIRMED, premises=bare, wording=SIA)
    assert first.data == "#04230312|Nri1/BA0^0423.B.03.12^"
    assert first.extended[1] == ("L", "via Esempio 4, 0423.B.03.12")


def test_until_production_the_label_says_that_it_is_a_trial() -> None:
    trial = replace(PREMISES, production=False)
    assert messages(CONFIRMED, premises=trial, wording=SIA)[0].data == "#04230312|Nri1/BA12^PROVA 0423.B.03.12^"


def test_a_test_is_told_of_the_site_and_of_no_zone() -> None:
    told = alert_for_test(ROOM, incident=incident_id("t"), at=BEGAN, by="anna", site="0423")
    assert messages(told, premises=PREMISES, wording=SIA)[0].data == "#04230312|Nri1/RX0^0423^"
    contact_id = messages(told, premises=PREMISES, wording=replace(SIA, token=Token.CONTACT_ID))
    assert contact_id[0].data == "#04230312|1601 01 000"


def test_the_place_is_what_fits_into_256_bytes() -> None:
    long = Premises("0423", "x", address="via " + "Forlì " * 80, units={DOOR: Unit(DOOR, zone=12)})
    [first, _] = messages(CONFIRMED, premises=long, wording=SIA)
    assert len(first.extended[1][1].encode("cp1252")) == 256
