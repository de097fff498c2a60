"""What every channel promises, of the one to our own centre: the stream is a real NATS server's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid5

import pytest
from nats.aio.client import Client
from nats.js.api import RawStreamMsg, StreamConfig

from tests.centre import CENTRE, Site, new_key
from tests.commands import wait_until
from tests.samples import break_in
from vigilanza.bridge.transcript import Transcript
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.stream import DISPATCH_STREAM, PULSE_STREAM, ensure_stream
from vigilanza.domain.delivery import Alert, Receipt
from vigilanza.domain.dispatch import read_dispatch, read_pulse
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.domain.events import Event
from vigilanza.domain.message import dispatches
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.outbox import Outbox


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def manager(server: NatsServer) -> Iterator[NatsConnection]:
    """Who looks into the streams."""
    with NatsConnection(NatsLink((server.url,)), name="manager") as connection:
        yield connection


@pytest.fixture
def site(server: NatsServer, tmp_path: Path) -> Iterator[Site]:
    """Its relay does not run."""
    site = Site(tmp_path, "0423", link=NatsLink((server.url,)), key=new_key(tmp_path, "0423"))
    yield site
    site.channel.close()
    site.engine.dispose()


def make(manager: NatsConnection, *streams: StreamConfig) -> None:
    for stream in streams:
        manager.call(partial(ensure_stream, stream=stream), patience_s=10)


def owed(site: Site, name: str = "a") -> list[Alert]:
    """The alerts of a break-in, each claimed as the relay does."""
    site.record(break_in(name))
    alerts, outbox = [], Outbox(site.engine)
    for event in break_in(name):
        delivery = outbox.claim(CENTRE.id, event.at + 1e6)
        assert delivery is not None
        alerts.append(delivery.alert)
        outbox.acknowledge(delivery, Receipt("for the test"), event.at)
    return alerts


def kept(manager: NatsConnection, stream: StreamConfig, sequence: int) -> RawStreamMsg:
    async def get(client: Client) -> RawStreamMsg:
        return await client.jetstream().get_msg(str(stream.name), seq=sequence)

    return manager.call(get, patience_s=10)


def test_what_is_sent_is_the_record_itself_numbered_in_the_order_in_which_it_is_owed(
    site: Site, manager: NatsConnection
) -> None:
    make(manager, DISPATCH_STREAM)
    alerts = owed(site)
    for number, (alert, event) in enumerate(zip(alerts, break_in("a"), strict=True), start=1):
        transcript = Transcript()
        receipt = site.channel.send(alert, transcript)
        assert receipt.reference == f"stream VIGILANZA_DISPATCHES, sequence {number}"
        message = kept(manager, DISPATCH_STREAM, number)
        assert message.subject == dispatches("0423")
        assert message.data is not None
        dispatch = read_dispatch(message.data)
        assert dispatch.item == event
        assert isinstance(dispatch.item, Event)
        assert (dispatch.id, dispatch.site) == (uuid5(event.id, "alert/centre"), "0423")
        assert (dispatch.place.number, dispatch.place.after) == (number, number - 1)
        exchange = transcript.exchange(0.1)
        assert exchange.sent_bytes == len(message.data)
        assert exchange.heard == receipt.reference


def test_the_same_alert_again_is_the_same_to_the_stream(site: Site, manager: NatsConnection) -> None:
    make(manager, DISPATCH_STREAM)
    [alert, *_] = owed(site)
    first = site.channel.send(alert, Transcript())
    again = site.channel.send(alert, Transcript())
    assert again.reference == f"{first.reference}, which had it"


def test_a_probe_tells_the_centre_that_we_are_there(site: Site, manager: NatsConnection) -> None:
    make(manager, PULSE_STREAM)
    owed(site)
    for number in (1, 2):
        assert site.channel.probe().seconds < 10.0
        data = kept(manager, PULSE_STREAM, number).data
        assert data is not None
        pulse = read_pulse(data)
        assert (pulse.site, pulse.last, pulse.runs) == ("0423", 5, site.runs)

    async def count(client: Client) -> int:
        return (await client.jetstream().stream_info(str(PULSE_STREAM.name))).state.messages

    assert manager.call(count, patience_s=10) == 1, "the latest only"


def test_without_a_stream_or_a_server_it_is_unavailable_and_knows_when_it_is_back(
    site: Site, server: NatsServer, manager: NatsConnection
) -> None:
    [alert, *_] = owed(site)
    with pytest.raises(ChannelUnavailable, match="centre: "):
        site.channel.send(alert, Transcript())
    assert site.channel.came_back()
    assert not site.channel.came_back()
    make(manager, DISPATCH_STREAM)
    server.kill()
    with pytest.raises(ChannelUnavailable, match=r"127\.0\.0\.1"):
        site.channel.send(alert, Transcript())
    assert not site.channel.came_back()
    server.start()
    assert wait_until("the line to be back", site.channel.came_back, timeout=20)
    assert site.channel.send(alert, Transcript()).reference == "stream VIGILANZA_DISPATCHES, sequence 1"


def test_a_record_too_large_is_refused_before_anything_is_sent(site: Site, manager: NatsConnection) -> None:
    make(manager, DISPATCH_STREAM)
    [alert, *_] = owed(site)
    large = replace(alert, data={"event": json.loads(json.dumps(alert.data["event"])) | {"door": "x" * 70_000}})
    transcript = Transcript()
    with pytest.raises(ChannelRefused, match="bytes"):
        site.channel.send(large, transcript)
    assert transcript.exchange(0.1).sent_bytes == 0


def test_a_site_that_sends_without_end_takes_no_room_from_the_others(
    site: Site, server: NatsServer, manager: NatsConnection, tmp_path: Path
) -> None:
    make(manager, replace(DISPATCH_STREAM, max_msgs_per_subject=3))
    alerts = owed(site)
    for alert in alerts[:3]:
        site.channel.send(alert, Transcript())
    with pytest.raises(ChannelUnavailable, match="maximum messages per subject"):
        site.channel.send(alerts[3], Transcript())
    other = Site(tmp_path, "0424", link=NatsLink((server.url,)), key=new_key(tmp_path, "0424"))
    assert other.channel.send(owed(other)[0], Transcript())
    other.channel.close()
    other.engine.dispose()
