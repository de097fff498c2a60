"""Analytics Events to an Event Server that checks them against the schema, over real HTTP on loopback."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from tests.dc09 import CONFIRMED, PREMISES, alert, closed_port
from tests.samples import BEGAN, VMS, incident_id
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.transcript import Transcript
from vigilanza.bridge.xprotect import XprotectChannel
from vigilanza.bridge.xprotect_event import MESSAGES, encode_event
from vigilanza.clock import SystemClock
from vigilanza.domain.alert import alert_for_test, rfc3339
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, ConfigError
from vigilanza.domain.premises import Premises
from vigilanza.lab.event_server import EventServer, Say, event_schema

CAMERAS = {"b3-landing": "10.20.4.23"}
GUID = "2d6e2b5e-6a0f-4a52-9a1f-0d3c1d5b7f10"
SAID = {"it": "Porta aperta alle 12:06 & mani sull’anta", "en": "Door opened"}
RAISED = alert("detection.raised", sentence=SAID, first_detection=rfc3339(BEGAN - 12.0))
NS = {"m": "urn:milestone-systems"}


@pytest.fixture
def server() -> Iterator[EventServer]:
    with EventServer(defined=MESSAGES) as server:
        yield server


def channel(
    url: str, *, cameras: Mapping[str, str] = CAMERAS, premises: Premises = PREMISES, deadline: float = 10.0
) -> XprotectChannel:
    line = HttpsLine(name=VMS.id, url=url, clock=SystemClock(), plain_http=True, allow_loopback=True, deadline=deadline)
    return XprotectChannel(line=line, cameras=cameras, premises=premises)


def tree(told: Alert, *, premises: Premises = PREMISES, cameras: Mapping[str, str] = CAMERAS) -> Any:
    document = etree.fromstring(encode_event(told, premises=premises, cameras=cameras))
    event_schema().assertValid(document)
    return document


def value(document: Any, path: str) -> str | None:
    found = document.find("/".join(f"m:{step}" for step in path.split("/")), NS)
    return None if found is None else str(found.text)


def test_an_event_that_is_taken_is_a_receipt(server: EventServer) -> None:
    transcript = Transcript()
    receipt = channel(server.url).send(RAISED, transcript)
    assert receipt.reference.startswith("200 OK; sha256 ")
    [event] = server.received
    assert (event.id, event.name, event.source) == (str(RAISED.id), "VGZ Forced Entry", "10.20.4.23")
    assert event.headers["content-type"] == "text/xml; charset=utf-8"
    assert "’" in event.document.decode("utf-8")
    assert int(event.headers["content-length"]) == len(event.document) > len(event.document.decode("utf-8"))
    assert transcript.exchange(1.0).sent_bytes == len(event.document)
    assert transcript.exchange(1.0).heard == "200 OK"


def test_each_fact_has_its_element() -> None:
    document = tree(
        alert("detection.updated", status="confirmed", avs=3, sentence=SAID, first_detection=rfc3339(BEGAN))
    )
    told = {etree.QName(one).localname: one.text for one in document.iter() if one.text}
    assert told == {
        "ID": str(alert("detection.updated").id),
        "Timestamp": "2026-11-18T12:06:40.480+01:00",
        "Type": "door_opened",
        "Version": "1.0",
        "Priority": "2",
        "Name": "Vigilanza",
        "Message": "VGZ Forced Entry",
        "CustomTag": str(incident_id("a")),
        "Description": f"scala B, piano 3, interno 12 - {SAID['it']} - confermato - AVS 3",
        "StartTime": "2026-11-18T12:06:40.000+01:00",
        "Location": "Milano, via Esempio 4, scala B, piano 3, interno 12",
    }
    assert value(document, "EventHeader/Name") == "Effrazione alloggio sigillato"
    assert value(document, "EventHeader/Source/Name") == "10.20.4.23"


@pytest.mark.parametrize(
    ("told", "message", "priority"),
    [
        (alert("detection.raised", severity="critical"), "VGZ Forced Entry", "1"),
        (alert("detection.raised", severity="attention"), "VGZ Sealed Door", "3"),
        (alert("detection.raised", severity="info", order="WO-0147"), "VGZ Authorised Visit", "4"),
        (alert("detection.ended", severity="info"), "VGZ Door Sealed Again", "4"),
        (CONFIRMED, "VGZ Confirmed", "2"),
        (alert("incident.rejected", status="rejected", reason="resident"), "VGZ Rejected", "2"),
        (alert("camera.tampered", unit=None), "VGZ Camera Tampered", "2"),
        (alert("camera.restored", unit=None, severity="info"), "VGZ Camera Restored", "4"),
        (alert("camera.offline", unit=None), "VGZ Camera Offline", "2"),
        (alert("camera.online", unit=None, severity="info"), "VGZ Camera Online", "4"),
        (alert_for_test(VMS, incident=incident_id("t"), at=BEGAN, by="anna", site="0423"), "VGZ Test", "4"),
    ],
    ids=lambda told: told.type if isinstance(told, Alert) else None,
)
def test_each_alert_has_its_name_and_fits_the_schema(told: Alert, message: str, priority: str) -> None:
    document = tree(told)
    assert message in MESSAGES
    assert value(document, "EventHeader/Message") == message
    assert value(document, "EventHeader/Priority") == priority


def test_the_end_has_its_time() -> None:
    document = tree(alert("detection.ended", severity="info", first_detection=rfc3339(BEGAN - 60.0)))
    assert value(document, "StartTime") == "2026-11-18T12:05:40.000+01:00"
    assert value(document, "EndTime") == "2026-11-18T12:06:40.480+01:00"


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        *(("2026-03-29T00:59:59", "+01:00"), ("2026-03-29T01:00:00", "+02:00")),
        *(("2026-10-25T00:59:59", "+02:00"), ("2026-10-25T01:00:00", "+01:00")),
    ],
)
def test_times_bear_the_offset_of_their_day(day: str, offset: str) -> None:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    stamp = value(tree(replace(RAISED, at=at)), "EventHeader/Timestamp")
    assert stamp is not None
    assert stamp.endswith(offset)
    assert datetime.fromisoformat(stamp).timestamp() == at


def test_a_camera_is_named_by_its_guid_if_that_is_what_is_known() -> None:
    document = tree(RAISED, cameras={"b3-landing": GUID})
    assert value(document, "EventHeader/Source/FQID/ObjectId") == GUID
    assert value(document, "EventHeader/Source/Name") is None


def test_until_production_the_description_says_that_it_is_a_trial() -> None:
    description = value(tree(RAISED, premises=replace(PREMISES, production=False)), "Description")
    assert description is not None
    assert description.startswith("PROVA - ")


def test_what_no_xml_can_say_is_left_out() -> None:
    broken = alert("detection.raised", sentence={"it": "a\x00b\x08c\ufffe<&>]]>"})
    assert value(tree(broken), "Description") == "scala B, piano 3, interno 12 - a b c <&>]]> - non confermato"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (Say(400, b"Error validating XML"), ChannelRefused),
        (Say(403), ChannelRefused),
        (Say(404), ChannelRefused),
        (Say(302), ChannelRefused),
        (Say(204), ChannelRefused),
        (Say(200, b"Warning: Event message not known"), ChannelRefused),
        (Say(200, b"\n<!DOCTYPE html>\n<title>Sign in</title>"), ChannelRefused),
        (Say(200, b"<HTML><body>It works!"), ChannelRefused),
        (Say(408), ChannelUnavailable),
        (Say(429), ChannelUnavailable),
        (Say(500, b"Error"), ChannelUnavailable),
        (Say(503), ChannelUnavailable),
    ],
    ids=str,
)
def test_only_ok_is_a_receipt(server: EventServer, act: Say, error: type[Exception]) -> None:
    server.script(act)
    with pytest.raises(error):
        channel(server.url).send(RAISED, Transcript())
    channel(server.url).send(RAISED, Transcript())
    assert len(server.received) == 1


def test_a_warning_of_something_else_is_a_receipt_as_in_the_makers_own_sample(server: EventServer) -> None:
    server.script(Say(200, b"Warning: Source not known"))
    assert channel(server.url).send(RAISED, Transcript()).reference.startswith("200 OK; sha256 ")


def test_a_name_that_nobody_defined_there_is_a_persons_business() -> None:
    with EventServer(defined=[]) as server:
        with pytest.raises(ChannelRefused, match="Management Client"):
            channel(server.url).send(RAISED, Transcript())
        assert server.received == []


def test_an_alert_of_unknown_type_is_refused_before_anything_is_sent(server: EventServer) -> None:
    with pytest.raises(ChannelRefused, match="cannot be told"):
        channel(server.url).send(alert("evidence.sealed"), Transcript())
    assert server.requests == 0


def test_a_probe_is_a_connection(server: EventServer) -> None:
    sign = channel(server.url).probe()
    assert sign.seconds >= 0
    assert sign.certificate_until is None
    assert server.requests == 0
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(ChannelUnavailable):
            channel(f"http://localhost:{closed.getsockname()[1]}/").probe()


@pytest.mark.parametrize(("url", "plain"), [("http://vms.example.org/", False), ("https://vms.example.org/", True)])
def test_encryption_is_left_out_only_where_that_is_spelled_out(url: str, plain: bool) -> None:
    with pytest.raises(ConfigError, match="must begin with"):
        HttpsLine(name="vms", url=url, clock=SystemClock(), plain_http=plain)


def test_what_no_event_can_say_is_not_posted_and_the_receipt_says_so(server: EventServer) -> None:
    told = alert("incident.updated", status="confirmed", avs=3, minors="present")
    assert channel(server.url).send(told, Transcript()).reference.startswith("no Analytics Event can say it")
    assert server.received == []
    with pytest.raises(ChannelUnavailable):
        channel(f"http://localhost:{closed_port()}/", deadline=1.0).send(told, Transcript())
