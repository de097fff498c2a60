"""The site as an ONVIF device: a VMS's way through it, and every answer against the published schemas."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.onvif_schema import EDITIONS, PRESENT, Edition
from tests.onvif_site import PASSWORD, PLACE, USER, VIDEO, Client, Running, journal, onvif_site
from tests.samples import break_in
from vigilanza.bridge.onvif_device.door import PRE_AUTH
from vigilanza.bridge.onvif_device.service import ADDRESSES
from vigilanza.bridge.onvif_device.video import OwnVideo
from vigilanza.capture.onvif import load_library
from vigilanza.domain.decision import Decision
from vigilanza.store.database import open_database

CHANNEL, OTHER = PLACE.channels
FORBIDDEN = re.compile(rb"human(face|body)|\bface|gender|sceneimage|tt:image|operator-17", re.IGNORECASE)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine, video=VIDEO) as it:
        yield it


async def zeep_way(port: int) -> dict[str, Any]:
    """What the library that Home Assistant and others use learns of us, in the order of a VMS."""
    from zeep.exceptions import Fault

    from onvif import ONVIFCamera

    camera = ONVIFCamera("127.0.0.1", port, USER, PASSWORD, no_cache=True, adjust_time=True)
    try:
        await camera.update_xaddrs()
        device, media = await camera.create_devicemgmt_service(), await camera.create_media_service()
        analytics = await camera.create_analytics_service()
        inputs, events = await camera.create_deviceio_service(), await camera.create_events_service()
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        profiles = await media.GetProfiles()
        rules = profiles[0].VideoAnalyticsConfiguration.token
        learned = {
            "xaddrs": dict(camera.xaddrs),
            "serial": (await device.GetDeviceInformation()).SerialNumber,
            "scopes": [scope.ScopeItem for scope in await device.GetScopes()],
            "users": [(user.Username, user.UserLevel) for user in await device.GetUsers()],
            "sources": [source.token for source in await media.GetVideoSources()],
            "profiles": [profile.token for profile in profiles],
            "uri": (await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profiles[0].token})).Uri,
            "modules": [one.Name for one in await analytics.GetAnalyticsModules({"ConfigurationToken": rules})],
            "inputs": [one.token for one in await inputs.GetDigitalInputs()],
            "fixed": (await events.GetEventProperties()).FixedTopicSet,
        }
        try:
            await device.SystemReboot()
        except Fault as error:
            learned["reboot"] = str(error)
        manager = await camera.create_pullpoint_manager(timedelta(seconds=60), lambda: None)
        service = manager.get_service()
        pulled = await service.PullMessages({"MessageLimit": 100, "Timeout": timedelta(seconds=5)})
        learned["topics"] = [one.Topic._value_1 for one in pulled.NotificationMessage]
        message = next(one for one in pulled.NotificationMessage if "ForcedEntry" in one.Topic._value_1)
        learned["state"] = {item.Name: item.Value for item in message.Message._value_1.Data.SimpleItem}
        await service.SetSynchronizationPoint()
        await manager.shutdown()
    finally:
        await camera.close()
    return learned


def test_a_vms_adds_the_site_and_sees_the_alarm(engine: Engine, site: Running) -> None:
    journal(engine).record(break_in("a", count=3))
    load_library()
    logging.getLogger("onvif").setLevel(logging.ERROR)
    learned = asyncio.run(zeep_way(site.device.port))
    base = f"http://127.0.0.1:{site.device.port}"
    assert learned["xaddrs"] == {one.namespace: one.at(base) for one in ADDRESSES.values()}
    assert learned["serial"] == "0423"
    assert "onvif://www.onvif.org/name/via%20Esempio%204" in learned["scopes"]
    assert learned["users"] == [(USER, "User")]
    assert learned["sources"] == [CHANNEL.source, OTHER.source]
    assert learned["profiles"] == [CHANNEL.profile, OTHER.profile]
    assert learned["uri"] == "rtsp://vms-proxy.example/stairs-3"
    assert learned["modules"] == ["doors", "view"]
    assert learned["inputs"] == [door.input for door in PLACE.doors()]
    assert "not supported" in learned["reboot"]
    assert "tns1:RuleEngine/vgz:SealedDoor/ForcedEntry" in learned["topics"]
    assert learned["state"]["State"] == "true"
    assert learned["state"]["vgz:Status"] == "Detected"


def questions() -> Iterator[tuple[str, str]]:
    """Every operation of ours that asks nothing of a subscription, with what it wants inside."""
    channel = {"trt": "trt:ProfileToken", "tr2": "tr2:ProfileToken"}
    for operation in (
        *("tds:GetSystemDateAndTime", "tds:GetServices", "tds:GetCapabilities", "tds:GetServiceCapabilities"),
        *("tds:GetDeviceInformation", "tds:GetScopes", "tds:GetHostname", "tds:GetNetworkInterfaces", "tds:GetUsers"),
        "tds:GetDiscoveryMode",
        *("tds:GetWsdlUrl", "tds:GetEndpointReference", "trt:GetServiceCapabilities", "trt:GetProfiles"),
        *("trt:GetVideoSources", "trt:GetVideoSourceConfigurations", "trt:GetVideoEncoderConfigurations"),
        *("trt:GetMetadataConfigurations", "trt:GetVideoAnalyticsConfigurations", "tev:GetServiceCapabilities"),
        *(
            "tev:GetEventProperties",
            "tev:GetEventBrokers",
            "tev:CreatePullPointSubscription",
            "tmd:GetServiceCapabilities",
        ),
        *("tmd:GetDigitalInputs", "tan:GetServiceCapabilities", "tr2:GetServiceCapabilities", "tr2:GetProfiles"),
        *("tr2:GetVideoSourceConfigurations", "tr2:GetVideoEncoderConfigurations", "tr2:GetMetadataConfigurations"),
        *("tr2:GetAnalyticsConfigurations", "tan:GetSupportedMetadata"),
    ):
        yield operation, "<tds:IncludeCapability>true</tds:IncludeCapability>" if operation == "tds:GetServices" else ""
    for prefix, name in channel.items():
        yield f"{prefix}:GetStreamUri", f"<{name}>{CHANNEL.profile}</{name}>"
    yield "trt:GetProfile", f"<trt:ProfileToken>{CHANNEL.profile}</trt:ProfileToken>"
    for kind, short in (
        ("VideoSource", "VSC"),
        ("VideoEncoder", "VEC"),
        ("Metadata", "MDC"),
        ("VideoAnalytics", "VAC"),
    ):
        token = CHANNEL.configuration(short)
        yield f"trt:Get{kind}Configuration", f"<trt:ConfigurationToken>{token}</trt:ConfigurationToken>"
    for what in ("SupportedRules", "Rules", "SupportedAnalyticsModules", "AnalyticsModules"):
        yield f"tan:Get{what}", f"<tan:ConfigurationToken>{CHANNEL.configuration('VAC')}</tan:ConfigurationToken>"


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_every_answer_is_what_the_published_schemas_want(engine: Engine, site: Running, edition: Edition) -> None:
    client, asked = Client(site), dict(questions())
    journal(engine).record(break_in("a", count=5))
    point = client.subscribe()
    later = [
        client.pull(point),
        client.simple("tev:Seek", url=point, inside="<tev:UtcTime>2026-01-01T00:00:00Z</tev:UtcTime>"),
        client.pull(point),
        client.simple("tev:SetSynchronizationPoint", url=point),
        client.simple("wsnt:Renew", url=point, inside="<wsnt:TerminationTime>PT60S</wsnt:TerminationTime>"),
        client.simple("wsnt:Unsubscribe", url=point),
    ]
    subscribed = {"tev:PullMessages", "tev:Seek", "tev:SetSynchronizationPoint", "wsnt:Renew", "wsnt:Unsubscribe"}
    none_there = {"trt:GetSnapshotUri", "tr2:GetSnapshotUri"}
    assert set(asked) | subscribed | none_there == set(site.device.operations)
    wrong = {}
    for operation, inside in asked.items():
        said = client.simple(operation, inside=inside)
        assert said.status == 200, (operation, said.raw)
        if edition.knows(operation):
            wrong[operation] = edition.complaints(said.body)
    for said in later:
        wrong[said.body.tag] = edition.complaints(said.body)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_wrong_answer_would_be_noticed(site: Running) -> None:
    said = Client(site).simple("tds:GetDeviceInformation")
    assert PRESENT.complaints(said.body) == []
    said.body.remove(said.body[0])
    assert PRESENT.complaints(said.body)


def test_what_is_not_offered_is_refused_as_the_specification_wants(site: Running) -> None:
    client = Client(site)
    for operation in ("tds:SystemReboot", "tds:CreateUsers", "tan:CreateRules", "trt:SetVideoEncoderConfiguration"):
        said = client.simple(operation)
        assert (said.status, said.subcode) == (500, "ter:ActionNotSupported"), operation
        assert said.text("Value") == "s:Receiver"
        assert "addressing/soap/fault" in said.raw.decode()
    assert client.simple("wsnt:Subscribe").subcode == "ter:ActionNotSupported", "we never call back"
    token = f"<trt:ProfileToken>{CHANNEL.profile}</trt:ProfileToken>"
    assert client.simple("trt:GetSnapshotUri", inside=token).subcode == "ter:ActionNotSupported"
    assert client.simple("trt:GetProfile", inside="<trt:ProfileToken>x</trt:ProfileToken>").subcode == "ter:NoProfile"


def test_without_video_there_are_events_and_the_stream_is_refused(engine: Engine) -> None:
    with onvif_site(engine) as site:
        client = Client(site)
        for prefix in ("trt", "tr2"):
            token = f"<{prefix}:ProfileToken>{CHANNEL.profile}</{prefix}:ProfileToken>"
            said = client.simple(f"{prefix}:GetStreamUri", inside=token)
            assert (said.status, said.subcode) == (400, "ter:IncompleteConfiguration")
        assert 'NoRTSPStreaming="true"' in client.simple("trt:GetServiceCapabilities").raw.decode()
        assert client.simple("trt:GetProfiles").texts("SourceToken") == [CHANNEL.source, OTHER.source]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("192.0.2.7:8443", "192.0.2.7"), ("[2001:db8::7]:8443", "[2001:db8::7]"), ("box.example", "box.example")],
    ids=["IPv4", "IPv6", "name"],
)
@pytest.mark.parametrize("prefix", ["trt", "tr2"])
def test_our_own_streams_are_where_the_asker_reaches_us(engine: Engine, prefix: str, asked: str, told: str) -> None:
    with onvif_site(engine, video=OwnVideo(port=8322, encrypted=True)) as site:
        token = f"<{prefix}:ProfileToken>{CHANNEL.profile}</{prefix}:ProfileToken>"
        question = f"<{prefix}:GetStreamUri>{token}</{prefix}:GetStreamUri>"
        said = Client(site).ask(question, headers={"host": asked})
        assert said.text("Uri") == f"rtsps://{told}:8322/stairs-3"


def test_what_a_client_needs_before_it_can_sign_needs_no_password(site: Running) -> None:
    client = Client(site)
    for operation in PRE_AUTH:
        assert client.ask(f"<{operation}/>", token="").status == 200, operation
    assert client.ask("<tds:GetUsers/>", token="").status == 401


def test_nothing_is_told_of_faces_bodies_or_who_decided(engine: Engine, site: Running) -> None:
    """No answer has an element or a word for them, in whatever namespace."""
    book, events = journal(engine), break_in("a", count=5)
    book.record(events)
    book.decide(Decision(events[0].incident, "operator-17", events[-1].at + 60, avs=3))
    client = Client(site)
    point = client.subscribe()
    client.simple("tev:Seek", url=point, inside="<tev:UtcTime>2020-01-01T00:00:00Z</tev:UtcTime>")
    assert [told.topic for told in client.pull(point).messages] == ["tns1:EventBuffer/Begin"]
    pulled = client.pull(point)
    statuses = {told.data["vgz:Status"] for told in pulled.messages if "vgz:Status" in told.data}
    assert statuses == {"Detected", "Closed", "Confirmed"}
    heard = [client.simple(operation, inside=inside).raw for operation, inside in questions()]
    for raw in (*heard, pulled.raw):
        assert FORBIDDEN.search(raw) is None
