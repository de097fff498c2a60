"""What the documents show of SIA DC-09, of XProtect and of what a VMS pulls is what the code makes."""

import re
from typing import Any

import pytest
from lxml import etree

from tests.dc09 import ACCOUNT, CONFIRMED, PREMISES, alert
from tests.house.tree import ROOT
from tests.samples import BEGAN
from vigilanza.bridge.dc09 import DEADLINE_SECONDS
from vigilanza.bridge.dc09_codes import signals
from vigilanza.bridge.dc09_frame import Line, Message, Token, encode_frame
from vigilanza.bridge.dc09_message import Wording, messages
from vigilanza.bridge.dc09_receiver import TRIES
from vigilanza.bridge.dc09_wire import CONNECT_SECONDS
from vigilanza.bridge.xprotect_event import MESSAGES, encode_event
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.delivery import Alert

INTEGRATOR = (ROOT / "docs" / "integrator.md").read_text("utf-8")
SENT_AT = BEGAN + 21.0
CAMERA: dict[str, Any] = {"unit": None, "kind": "camera_covered"}
ROWS: dict[str, list[Alert]] = {
    "confirmed with AVS 4": [alert("incident.confirmed", status="confirmed", avs=4)],
    "confirmed with AVS 2 or 3": [alert("incident.confirmed", status="confirmed", avs=avs) for avs in (2, 3)],
    "confirmed with AVS 1": [alert("incident.confirmed", status="confirmed", avs=1)],
    "unconfirmed, alarm or critical": [alert("detection.raised", severity=one) for one in ("alarm", "critical")],
    "unconfirmed, attention": [alert("detection.raised", severity="attention")],
    "under a work order": [alert("detection.raised", severity="info", order="WO-0147")],
    "the door is as sealed again": [alert("detection.ended", severity="info")],
    "rejected": [alert("incident.rejected", status="rejected")],
    "camera tampered, restored": [alert("camera.tampered", **CAMERA), alert("camera.restored", **CAMERA)],
    "camera offline, online": [alert("camera.offline", **CAMERA), alert("camera.online", **CAMERA)],
    "test": [alert("bridge.test", status="test")],
}


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}[^\n]*\n(.*?)(?=^## )", INTEGRATOR, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def codes(told: list[Alert]) -> tuple[str, str]:
    """Of alerts that are told alike once, of others one after the other; "1 130" as people write it."""
    each = list(dict.fromkeys(signals(one) for one in told))
    flat = [one for several in each for one in several]
    return ", ".join(one.sia for one in flat), ", ".join(f"{one.contact_id[0]} {one.contact_id[1:]}" for one in flat)


def test_the_codes_that_are_shown_are_those_that_are_sent() -> None:
    shown = re.findall(
        r"^\| ([\w ,]+?) \| ([A-Z, ]+) \| ([\d, ]+) \|$", section("Alarm receiving centres"), re.MULTILINE
    )
    assert {name: (sia, contact_id) for name, sia, contact_id in shown} == {
        name: codes(alerts) for name, alerts in ROWS.items()
    }


def test_the_frames_that_are_shown_are_those_that_are_sent() -> None:
    line = Line(ACCOUNT)
    sia = messages(CONFIRMED, premises=PREMISES, wording=Wording(ACCOUNT, Token.SIA))
    contact_id = messages(CONFIRMED, premises=PREMISES, wording=Wording(ACCOUNT, Token.CONTACT_ID))
    said = [*zip(sia, (1, 2), strict=True), (contact_id[0], 1), (Message(Token.NULL), 0)]
    frames = [encode_frame(line, message, number=number, at=SENT_AT) for message, number in said]
    shown = re.search(r"```text\n(.*?)```", section("Alarm receiving centres"), re.DOTALL)
    assert shown is not None
    assert shown[1].splitlines() == [repr(frame)[2:-1] for frame in frames]


def test_the_times_that_are_told_are_kept() -> None:
    text = section("Alarm receiving centres")
    assert f"at most {DEADLINE_SECONDS:g} s" in text
    assert f"within {CONNECT_SECONDS:g} s" in text
    assert f"{TRIES} times" in text


def test_the_event_that_is_shown_is_the_one_that_is_sent() -> None:
    shown = re.search(r"```xml\n(.*?)```", section("Milestone XProtect"), re.DOTALL)
    assert shown is not None
    said = "Due persone alla porta 0423.B.03.12 da 14 s; porta aperta alle 12:06:40"
    told = alert(
        "detection.updated", status="confirmed", avs=3, sentence={"it": said}, first_detection=rfc3339(BEGAN - 12.0)
    )
    sent = etree.fromstring(encode_event(told, premises=PREMISES, cameras={"b3-landing": "10.20.4.23"}))
    parser = etree.XMLParser(remove_blank_text=True)
    assert etree.tostring(etree.fromstring(shown[1].encode("utf-8"), parser)) == etree.tostring(sent)


def test_the_message_that_a_vms_pulls_is_one_of_those_that_are_sent() -> None:
    """docs/examples/onvif-pull.xml is what a running device says: tests/contract/test_examples.py."""
    pulled = etree.parse(ROOT / "docs" / "examples" / "onvif-pull.xml").getroot()
    sent = [plain(one) for one in pulled.iter("{http://docs.oasis-open.org/wsn/b-2}NotificationMessage")]
    shown = re.search(r"```xml\n(<wsnt:NotificationMessage>.*?)```", section("As an ONVIF device"), re.DOTALL)
    assert shown is not None
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in pulled.nsmap.items())
    [message] = etree.fromstring(f"<x {names}>{shown[1]}</x>").iterchildren()
    assert plain(message) in sent


def plain(element: etree._Element) -> Any:
    """Name, attributes, words and children: nothing of how it is written."""
    words = (element.text or "").strip()
    return element.tag, dict(element.attrib), words, [plain(child) for child in element]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_analytics_event_is_named(name: str) -> None:
    assert f"| {name} |" in section("Milestone XProtect")
