"""Whole envelopes of the ONVIF device, faults too, against SOAP 1.2, WS-Addressing and ONVIF's present schemas."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import Engine

from tests.onvif_schema import PRESENT
from tests.onvif_site import PLACE, VIDEO, Client, Running, Said, journal, onvif_site
from tests.samples import break_in
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_device.soap import NAMESPACES
from vigilanza.store.database import open_database

CHANNEL = PLACE.channels[0]
NAMED = {
    "http://www.onvif.org/ver10/events/wsdl/EventPortType/CreatePullPointSubscriptionResponse",
    "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/PullMessagesResponse",
    "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeResponse",
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine, video=VIDEO) as it:
        yield it


def complaints(said: Said) -> list[str]:
    return PRESENT.complaints(etree.fromstring(said.raw))


def test_envelopes_headers_and_what_is_in_them_are_valid(engine: Engine, site: Running) -> None:
    journal(engine).record(break_in("a", count=5))
    client = Client(site)
    created = client.ask(
        "<tev:CreatePullPointSubscription/>",
        token=f"<wsa:MessageID>urn:uuid:7f3a0c52</wsa:MessageID>{client.token()}",
    )
    point = created.text("Address")
    pulled = client.pull(point)
    given_back = client.simple("wsnt:Unsubscribe", url=point)
    assert len(pulled.messages) > 5
    actions = set()
    for said in (created, pulled, given_back, client.simple("tr2:GetProfiles", inside="<tr2:Type>All</tr2:Type>")):
        assert (said.status, complaints(said)) == (200, [])
        actions |= {str(one.text) for one in etree.fromstring(said.raw).iterfind(".//wsa:Action", NAMESPACES)}
    assert actions == NAMED
    assert etree.fromstring(created.raw).findtext(".//wsa:RelatesTo", "", NAMESPACES) == "urn:uuid:7f3a0c52"


def test_media2_tells_all_configurations_of_a_profile_in_words_that_are_valid(site: Running) -> None:
    said = Client(site).simple("tr2:GetProfiles", inside="<tr2:Type>All</tr2:Type>")
    [first, _] = said.body
    assert [etree.QName(one).localname for one in first.find("tr2:Configurations", NAMESPACES)] == [
        *("VideoSource", "VideoEncoder", "Analytics", "Metadata"),
    ]
    assert PRESENT.complaints(said.body.getroottree().getroot()) == []
    first.find(".//tt:Resolution", NAMESPACES).clear()
    assert PRESENT.complaints(said.body.getroottree().getroot())


def test_event_brokers_are_told_and_can_not_be_changed(engine: Engine) -> None:
    brokers = [
        EventBroker("mqtts://broker.example.org", "VGZ-0423"),
        EventBroker("mqtts://other.example.org:8884", "x/y"),
    ]
    with onvif_site(engine, brokers=brokers) as site:
        client = Client(site)
        said = client.simple("tev:GetEventBrokers")
        assert complaints(said) == []
        assert said.texts("Address") == [one.address for one in brokers]
        assert (said.texts("TopicPrefix"), said.texts("QoS")) == (["VGZ-0423", "x/y"], ["1", "1"])
        one = client.simple("tev:GetEventBrokers", inside="<tev:Address>mqtts://other.example.org:8884</tev:Address>")
        assert one.texts("TopicPrefix") == ["x/y"]
        capabilities = client.simple("tev:GetServiceCapabilities")
        assert capabilities.body[0].get("MaxEventBrokers") == "0"
        assert complaints(capabilities) == []
        for operation in ("tev:AddEventBroker", "tev:DeleteEventBroker"):
            assert client.simple(operation).subcode == "ter:ActionNotSupported"
        assert client.ask("<tev:GetEventBrokers/>", token="").status == 401


def test_every_refusal_is_a_valid_fault(site: Running) -> None:
    client = Client(site)
    gone = client.subscribe()
    client.simple("wsnt:Unsubscribe", url=gone)
    point = client.subscribe()
    token = f"<trt:ProfileToken>{CHANNEL.profile}</trt:ProfileToken>"
    refused = {
        "ter:WellFormed": client.post(b"<html>"),
        "ter:NotAuthorized": client.ask("<tds:GetUsers/>", token=""),
        "ter:ActionNotSupported": client.simple("tds:SystemReboot"),
        "ter:NoProfile": client.simple("trt:GetProfile", inside=token.replace(CHANNEL.profile, "x")),
        "ter:NoConfig": client.simple("tan:GetRules", inside="<tan:ConfigurationToken>x</tan:ConfigurationToken>"),
        "wsrf:ResourceUnknownFault": client.pull(gone),
        "ter:InvalidArgVal": client.pull(point, patience=3600.0),
        "wsnt:UnacceptableTerminationTimeFault": client.simple(
            "wsnt:Renew", url=point, inside="<wsnt:TerminationTime>PT-5S</wsnt:TerminationTime>"
        ),
    }
    for subcode, said in refused.items():
        assert (said.subcode, complaints(said)) == (subcode, [])
        wanted = "s:Receiver" if said.status == 500 else "s:Sender"
        assert said.text("Value") == wanted
        assert "http://www.w3.org/2005/08/addressing/soap/fault" in said.raw.decode()
    assert refused["ter:InvalidArgVal"].text("MaxTimeout") == "PT600S"
