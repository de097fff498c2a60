"""The accounts that `vigilanza centre nats-config` prints, at a real server: a site says its own things, and hears
none of another's.
"""

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NoAnswer

from tests.centre import centre_file, new_key
from tests.commands import Command
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.stream import DISPATCH_STREAM, PULSE_STREAM, SiteStream, ensure_stream
from vigilanza.domain.errors import ChannelUnavailable
from vigilanza.domain.message import dispatches, pulses
from vigilanza.lab.nats_server import NatsServer

SITES = ["0423", "north.0424"]
PASSWORDS = {"CENTRE_PASSWORD": "of-centre", "SITE_0423_PASSWORD": "of-0423", "SITE_NORTH_0424_PASSWORD": "of-0424"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    for site in SITES:
        new_key(tmp_path, site)
    path = centre_file(tmp_path, nats="nats://127.0.0.1:9", sites=SITES, database="sqlite:///centre.db")
    with Command("centre", "nats-config", "--config", path, folder=tmp_path) as command:
        assert command.process.wait(60) == 0
        printed = command.printed
    for name, password in PASSWORDS.items():
        monkeypatch.setenv(name, password)
    server = NatsServer(tmp_path / "nats", settings=printed)
    server.start()
    with NatsConnection(link(server, "centre", "of-centre"), name="centre") as connection:
        for stream in (DISPATCH_STREAM, PULSE_STREAM):
            connection.call(partial(ensure_stream, stream=stream), patience_s=10)
    yield server
    server.kill()


def link(server: NatsServer, user: str, password: str) -> NatsLink:
    return NatsLink((server.url,), user, password)


def kept(server: NatsServer) -> int:
    """How many dispatches wait for the centre."""

    async def count(client: Client) -> int:
        return (await client.jetstream().stream_info(str(DISPATCH_STREAM.name))).state.messages

    with NatsConnection(link(server, "centre", "of-centre"), name="centre") as connection:
        return connection.call(count, patience_s=10)


def test_each_site_says_its_own_things_and_is_told_that_they_are_kept(server: NatsServer) -> None:
    for site, password in (("0423", "of-0423"), ("north.0424", "of-0424")):
        with NatsConnection(link(server, site, password), name=site) as connection:
            stream = SiteStream(connection, name="centre")
            assert stream.publish(dispatches(site), b"{}", {}).startswith("stream VIGILANZA_DISPATCHES, sequence ")
            assert stream.publish(pulses(site), b"{}", {}).startswith("stream VIGILANZA_PULSES, sequence ")
    assert kept(server) == 2


def test_a_site_says_nothing_in_anothers_name(server: NatsServer) -> None:
    with NatsConnection(link(server, "0423", "of-0423"), name="0423") as connection:
        stream = SiteStream(connection, name="centre")
        with pytest.raises(ChannelUnavailable, match=r"(?i)permissions violation.*north:0424"):
            stream.publish(dispatches("north.0424"), b"{}", {})
    assert kept(server) == 0


def test_a_site_hears_nothing_of_another_and_may_ask_nothing(server: NatsServer) -> None:
    asyncio.run(_spy(server))


async def _spy(server: NatsServer) -> None:
    said: list[str] = []

    async def note(error: Exception) -> None:
        said.append(str(error))

    spy = await nats.connect(server.url, user="0423", password="of-0423", error_cb=note)
    centre = await nats.connect(server.url, user="centre", password="of-centre")
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append(message.subject)

    for subject in (">", "vigilanza.>", dispatches("north.0424"), "_INBOX.>", "$JS.>"):
        await spy.subscribe(subject, cb=hear)
    await spy.flush()
    other = await nats.connect(server.url, user="north.0424", password="of-0424")
    await other.jetstream().publish(dispatches("north.0424"), b"secret")
    pull = await centre.jetstream().pull_subscribe("", durable="centre", stream=str(DISPATCH_STREAM.name))
    [came] = await pull.fetch(1)
    assert came.data == b"secret"
    for asked in ("$JS.API.INFO", f"$JS.API.STREAM.PURGE.{DISPATCH_STREAM.name}"):
        with pytest.raises((NoRespondersError, NoAnswer)):
            await spy.request(asked, b"", timeout=0.5)
    # The server itself answers where it is told to: not into another account.
    for reply in (f"$JS.API.STREAM.PURGE.{DISPATCH_STREAM.name}", dispatches("north.0424")):
        await spy.publish(dispatches("0423"), b"{}", reply=reply)
    await spy.flush()

    async def waiting() -> int:
        return (await centre.jetstream().stream_info(str(DISPATCH_STREAM.name))).state.messages

    async with asyncio.timeout(20):  # nobody tells when the stream has taken what is on its way from another account
        while await waiting() < 3:
            await asyncio.sleep(0.02)
    assert await waiting() == 3, "one of the other site, two of its own, and no answer among them"
    assert heard == []
    assert any("permissions violation" in one.lower() for one in said)
    for client in (spy, centre, other):
        await client.close()


def test_the_passwords_stay_out_of_what_is_printed(server: NatsServer, tmp_path: Path) -> None:
    written = (tmp_path / "nats" / "nats.conf").read_text("utf-8")
    assert not [value for value in PASSWORDS.values() if value in written]
    assert os.environ["CENTRE_PASSWORD"] == PASSWORDS["CENTRE_PASSWORD"]
