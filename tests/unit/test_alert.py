"""Who is told what, before and after an operator's word."""

from dataclasses import replace
from datetime import UTC, tzinfo
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest

from vigilanza.domain.alert import EVIDENCE_LIMIT, IncidentSummary, alerts_for_decision, alerts_for_event
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert, Destination, DestinationKind
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact

INCIDENT = uuid5(NAMESPACE, "incident")
VMS = Destination("vms", DestinationKind.MUNICIPAL_VMS)
ROOM = Destination("room", DestinationKind.CONTROL_ROOM, minimum_avs=2)
STRICT = Destination("strict", DestinationKind.CONTROL_ROOM, minimum_avs=4)
ALL = (VMS, ROOM, STRICT)
HANDS = Evidence(Fact.HAND_ON_LEAF, 1_795_000_000.0, 6.2, 0.91)


def event(kind: EventKind = EventKind.TAMPERING, sequence: int = 0, door: str | None = "B.03.12") -> Event:
    return Event(
        id=uuid5(INCIDENT, f"{sequence}"),
        incident=INCIDENT,
        sequence=sequence,
        kind=kind,
        severity=Severity.ALARM,
        phase=Phase.SUSPECTED,
        camera="stairs-3",
        door=door,
        at=1_795_000_010.5,
        evidence=(HANDS,),
    )


def tell(
    one: Event,
    *,
    confirmed_avs: int | None = None,
    told: frozenset[str] = frozenset(),
    start: int = 0,
    first_entry_at: float | None = None,
    zone: tzinfo = UTC,
) -> dict[str, Alert]:
    alerts = alerts_for_event(
        one,
        destinations=ALL,
        confirmed_avs=confirmed_avs,
        first_at=1_795_000_000.0,
        first_entry_at=first_entry_at,
        site="0423",
        told=told,
        next_sequence=lambda _: start,
        zone=zone,
    )
    return {alert.destination: alert for alert in alerts}


def judge(
    decision: Decision,
    *,
    told: frozenset[str] = frozenset(),
    first_entry_at: float | None = 1_795_000_030.0,
    telling: Event | None = None,
) -> dict[str, Alert]:
    summary = IncidentSummary(
        "stairs-3", "B.03.12", EventKind.ENTRY, Severity.CRITICAL, 1_795_000_000.0, first_entry_at, (HANDS,), telling
    )
    alerts = alerts_for_decision(
        decision, destinations=ALL, summary=summary, site="0423", told=told, next_sequence=lambda _: 3
    )
    return {alert.destination: alert for alert in alerts}


def test_before_a_confirmation_only_the_vms_is_told_and_told_that_it_is_unconfirmed() -> None:
    alerts = tell(event())
    assert set(alerts) == {"vms"}
    assert alerts["vms"].data["status"] == "unconfirmed"
    assert "avs" not in alerts["vms"].data


@pytest.mark.parametrize(("avs", "expected"), [(1, {"vms"}), (2, {"vms", "room"}), (4, {"vms", "room", "strict"})])
def test_a_control_room_hears_from_its_own_score_on(avs: int, expected: set[str]) -> None:
    decision = Decision(INCIDENT, "anna", 1_795_000_060.0, avs=avs)
    assert set(judge(decision)) == expected
    assert set(tell(event(sequence=1), confirmed_avs=avs)) == expected


def test_a_confirmation_tells_what_an_operations_centre_needs() -> None:
    alert = judge(Decision(INCIDENT, "anna", 1_795_000_060.0, avs=3))["room"]
    assert alert.type == "it.aler.vigilanza.incident.confirmed.v1"
    assert alert.data == {
        "site": "0423",
        "incident": str(INCIDENT),
        "decision": str(Decision(INCIDENT, "anna", 1_795_000_060.0, avs=3).id),
        "unit": "B.03.12",
        "camera": "stairs-3",
        "kind": "entry",
        "severity": "critical",
        "at": "2026-11-18T11:07:40.000Z",
        "first_detection": "2026-11-18T11:06:40.000Z",
        "first_entry_at": "2026-11-18T11:07:10.000Z",
        "status": "confirmed",
        "avs": 3,
        "confirmed_by": "anna",
        "minors": "unknown",
        "flagrante_until": "2026-11-20T11:07:10.000Z",
        "evidence": [
            {
                "fact": "hand_on_leaf",
                "at": "2026-11-18T11:06:40.000Z",
                "seconds": 6.2,
                "confidence": 0.91,
                "words": {"it": "mani sull'anta per 6 s", "en": "hands on the leaf for 6 s"},
            }
        ],
    }


def test_an_authorised_visit_is_told_to_the_vms_alone_and_names_its_order() -> None:
    visit = replace(event(EventKind.DOOR_OPENED), severity=Severity.INFO, order="WO-0147")
    assert set(tell(visit)) == {"vms"}
    data = tell(visit)["vms"].data
    assert (data["severity"], data["order"], data["status"]) == ("info", "WO-0147", "unconfirmed")
    assert "order" not in tell(event())["vms"].data


def test_an_alert_says_why_in_one_sentence_by_the_clock_of_the_site() -> None:
    opened = replace(event(EventKind.DOOR_OPENED), evidence=(Evidence(Fact.LEAF_CHANGED, 1_795_000_000.0, 3.0, 0.9),))
    assert "alle 11:06:40" in tell(opened)["vms"].data["sentence"]["it"]
    assert tell(opened, zone=ZoneInfo("Europe/Rome"))["vms"].data["sentence"] == {
        "it": "Alla porta B.03.12: anta diversa alle 12:06:40",
        "en": "At door B.03.12: leaf different at 12:06:40",
    }


def test_a_confirmation_says_the_most_telling_sentence_and_a_rejection_none() -> None:
    confirmed = judge(Decision(INCIDENT, "anna", 1_795_000_060.0, avs=3), telling=event())["room"].data
    assert confirmed["sentence"]["en"] == "At door B.03.12: hands on the leaf for 6 s"
    rejected = judge(Decision(INCIDENT, "anna", 1_795_000_060.0, reason=RejectReason.TEST), telling=event())["vms"].data
    assert "sentence" not in rejected


def test_the_48_hours_run_from_the_first_entry_or_else_from_the_first_detection() -> None:
    confirmation = Decision(INCIDENT, "anna", 1_795_000_060.0, avs=3)
    for data in (tell(event())["vms"].data, judge(confirmation, first_entry_at=None)["room"].data):
        assert "first_entry_at" not in data
        assert data["flagrante_until"] == "2026-11-20T11:06:40.000Z"
    for data in (tell(event(), first_entry_at=1_795_000_030.0)["vms"].data, judge(confirmation)["room"].data):
        assert data["first_entry_at"] == "2026-11-18T11:07:10.000Z"
        assert data["flagrante_until"] == "2026-11-20T11:07:10.000Z"


def test_a_rejection_reaches_a_control_room_only_if_it_was_told_before() -> None:
    rejection = Decision(INCIDENT, "anna", 1_795_000_060.0, reason=RejectReason.CHILDREN)
    assert set(judge(rejection)) == {"vms"}
    alerts = judge(rejection, told=frozenset({"vms", "room"}))
    assert set(alerts) == {"vms", "room"}
    assert alerts["room"].type == "it.aler.vigilanza.incident.rejected.v1"
    assert (alerts["room"].data["status"], alerts["room"].data["reason"]) == ("rejected", "children")


def test_a_lower_score_corrects_what_a_control_room_was_told() -> None:
    lower = Decision(INCIDENT, "anna", 1_795_000_060.0, avs=1)
    assert set(judge(lower, told=frozenset({"room"}))) == {"vms", "room"}
    assert set(tell(event(sequence=2), confirmed_avs=1, told=frozenset({"room"}))) == {"vms", "room"}


def test_after_a_rejection_a_control_room_hears_no_more() -> None:
    assert set(tell(event(sequence=2), confirmed_avs=None, told=frozenset({"vms", "room"}))) == {"vms"}


@pytest.mark.parametrize(
    ("kind", "sequence", "door", "expected"),
    [
        (EventKind.TAMPERING, 0, "d", "detection.raised"),
        (EventKind.ENTRY, 1, "d", "detection.updated"),
        (EventKind.CLOSED, 2, "d", "detection.ended"),
        (EventKind.RESTORED, 2, "d", "detection.ended"),
        (EventKind.CAMERA_COVERED, 0, None, "camera.tampered"),
        (EventKind.CAMERA_FROZEN, 3, None, "camera.tampered"),
        (EventKind.CAMERA_LOST, 0, None, "camera.offline"),
        (EventKind.CAMERA_UNSTEADY, 1, None, "camera.offline"),
        (EventKind.RESTORED, 1, None, "camera.restored"),
    ],
)
def test_cloudevents_types(kind: EventKind, sequence: int, door: str | None, expected: str) -> None:
    assert tell(event(kind, sequence, door))["vms"].type == f"it.aler.vigilanza.{expected}.v1"


def test_a_camera_that_was_lost_comes_online() -> None:
    lost = Evidence(Fact.SIGNAL_LOST, 1.0, 60.0, 1.0)
    back = replace(event(EventKind.RESTORED, 1, None), evidence=(lost,))
    assert tell(back)["vms"].type == "it.aler.vigilanza.camera.online.v1"


def test_the_same_alert_always_has_the_same_id_and_each_destination_its_own() -> None:
    first = judge(Decision(INCIDENT, "anna", 1_795_000_060.0, avs=4))
    again = judge(Decision(INCIDENT, "anna", 1_795_000_060.0, avs=4))
    assert {name: alert.id for name, alert in first.items()} == {name: alert.id for name, alert in again.items()}
    ids = [alert.id for alert in first.values()] + [tell(event())["vms"].id]
    assert len(set(ids)) == 4
    assert all(isinstance(one, UUID) and one.version == 5 for one in ids)


def test_an_alert_stays_small_and_keeps_the_surest_facts_in_order_of_time() -> None:
    many = tuple(Evidence(Fact.HAND_ON_LEAF, 1e9 - i, 1.0, i / 1000) for i in range(500))
    told = tell(replace(event(), evidence=many))["vms"].data["evidence"]
    assert len(told) == EVIDENCE_LIMIT
    assert min(item["confidence"] for item in told) == (500 - EVIDENCE_LIMIT) / 1000
    assert [item["at"] for item in told] == sorted(item["at"] for item in told)
