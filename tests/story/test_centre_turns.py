"""What one site has kept for days does not hold up what happens at another; a real NATS server."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from nats.aio.client import Client

from vigilanza.clock import SystemClock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.intake import Intake
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.stream import DISPATCH_STREAM, ensure_stream
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.message import Message, dispatches, site_of
from vigilanza.lab.nats_server import NatsServer

KEPT = 3000


@pytest.fixture
def line(tmp_path: Path) -> Iterator[NatsConnection]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    with NatsConnection(NatsLink((server.url,)), name="test") as line:
        yield line
    server.kill()


def send(line: NatsConnection, sites: Sequence[str]) -> None:
    """One message of each, in this order, numbered."""

    async def publish(client: Client) -> None:
        await ensure_stream(client, DISPATCH_STREAM)
        jetstream = client.jetstream()
        for number, site in enumerate(sites):
            await jetstream.publish_async(dispatches(site), str(number).encode())
        await jetstream.publish_async_completed()

    line.call(publish, patience_s=60)


def test_a_site_that_sends_now_waits_for_no_other_ones_days(line: NatsConnection) -> None:
    taken: list[Message] = []
    send(line, ["back.again"] * KEPT + ["now"])
    intake = Intake(connection=line, stream=DISPATCH_STREAM, take=taken.extend, clock=SystemClock())
    stop = threading.Event()
    while len(taken) <= KEPT:
        assert intake.run_once(stop)
    place = [site_of(one.subject) for one in taken].index("now")
    assert place < KEPT / 2
    numbers = [int(one.body) for one in taken if site_of(one.subject) == "back.again"]
    assert numbers == list(range(KEPT))
    assert line.call(waiting, patience_s=10) == 0


def test_what_could_not_be_recorded_is_taken_before_what_was_read_ahead(line: NatsConnection) -> None:
    taken: list[str] = []
    refusals = iter([True, True])

    def take(messages: Sequence[Message]) -> None:
        if next(refusals, False):
            raise JournalUnavailable("away")
        taken.extend(one.body.decode() for one in messages)

    send(line, ["a", "b"] * 100)
    intake = Intake(connection=line, stream=DISPATCH_STREAM, take=take, clock=SystemClock())
    stop = threading.Event()
    while len(taken) < 200:
        assert intake.run_once(stop)
    for first in (0, 1):
        mine = [int(number) for number in taken if int(number) % 2 == first]
        assert mine == list(range(first, 200, 2))


async def waiting(client: Client) -> int:
    await asyncio.sleep(0)
    info = await client.jetstream().stream_info(str(DISPATCH_STREAM.name))
    return info.state.messages
