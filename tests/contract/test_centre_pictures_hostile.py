"""Whoever forges or alters what goes between a centre and a site about pictures gets none, and brings none."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from sqlalchemy import Engine

from tests.centre_orders import OTHER, SITE, serving
from tests.centre_pictures import Borrower, Lender, happened
from tests.commands import wait_until
from tests.fakes import FakeClock
from vigilanza.cluster.pictureinbox import REST_S
from vigilanza.cluster.picturepost import LEAST_BYTES_PER_SECOND
from vigilanza.domain.message import SIGNATURE, copies, pictures
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.picturerequest import (
    PIECE_BYTES,
    PictureReply,
    PictureRequest,
    encode_reply,
    encode_request,
    read_request,
)
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.seal import seal

STILL = b"a still"


@pytest.fixture
def centre(sqlite: Engine, hub: NatsServer, tmp_path: Path) -> Iterator[Borrower]:
    with serving(Borrower(sqlite, hub, tmp_path)) as centre:
        yield centre


@pytest.fixture
def site(tmp_path: Path, hub: NatsServer, centre: Borrower) -> Iterator[Lender]:
    site = Lender(tmp_path, hub, SITE, [centre.key.public])
    yield site
    site.engine.dispose()


LIES: dict[str, Callable[[Lender, PictureReply], tuple[bytes, str]]] = {
    "not signed": lambda site, reply: (encode_reply(reply), ""),
    "signed by another": lambda site, reply: (encode_reply(reply), "A" * 88),
    "about another incident": lambda site, reply: signed(
        site, PictureReply(PictureRequest(SITE, happened("x")[0].incident, "anna", None, 0))
    ),
    "no answer": lambda site, reply: (b"yes", seal(site.key, copies(SITE), b"yes")),
}


def signed(site: Lender, reply: PictureReply) -> tuple[bytes, str]:
    body = encode_reply(reply)
    return body, seal(site.key, copies(SITE), body)


@pytest.mark.parametrize("how", LIES)
def test_an_answer_that_is_not_genuine_brings_nothing_and_is_counted(
    centre: Borrower, site: Lender, hub: NatsServer, how: str
) -> None:
    incident = site.record(happened("one"), centre.reception)

    async def lie() -> None:
        client = await nats.connect(hub.url, user=SITE, password="of-0423")

        async def say(message: Msg) -> None:
            body, signature = LIES[how](site, PictureReply(read_request(message.data)))
            await client.publish(message.reply, body, headers={SIGNATURE: signature})

        await client.subscribe(pictures(SITE), cb=say)
        centre.wishes.want(incident, by="anna")
        async with asyncio.timeout(20):
            while centre.standings.all()[SITE].refused == 0:
                await asyncio.sleep(0.02)
        await client.close()

    asyncio.run(lie())
    wait_until("why", lambda: centre.standing(incident).why, timeout=20)
    assert centre.there(incident) == set()


def test_a_piece_over_the_slowest_line_that_will_do_is_waited_for(
    centre: Borrower, site: Lender, hub: NatsServer
) -> None:
    incident, asked = site.record(happened("one"), centre.reception), []
    lending, item = site.lending(), site.keep(incident, "still", STILL)
    seconds = PIECE_BYTES / LEAST_BYTES_PER_SECOND

    async def answer_slowly() -> None:
        client = await nats.connect(hub.url, user=SITE, password="of-0423")

        async def say(message: Msg) -> None:
            request = read_request(message.data)
            asked.append(request.sha256)
            if request.sha256 is None:
                reply = PictureReply(request, listed=tuple(lending.listed(incident, 0)))
            else:
                await asyncio.sleep(seconds)
                reply = PictureReply(request, piece=STILL)
            body, signature = signed(site, reply)
            await client.publish(message.reply, body, headers={SIGNATURE: signature})

        await client.subscribe(pictures(SITE), cb=say)
        centre.wishes.want(incident, by="anna")
        await asyncio.to_thread(wait_until, "the still", centre.has(incident, STILL), timeout=40)
        await client.close()

    asyncio.run(answer_slowly())
    assert asked.count(item.sha256) == 1


def test_other_bytes_than_those_told_of_are_not_kept(centre: Borrower, site: Lender) -> None:
    incident = site.record(happened("one"), centre.reception)
    item = site.keep(incident, "still", STILL)
    site.media.path(item.id).write_bytes(b"a stilt")
    with site.running():
        centre.wishes.want(incident, by="anna")
        wait_until("the refusal", lambda: centre.standing(incident).why, timeout=30)
    assert centre.standing(incident).why == PictureRefusal.NOT_BELIEVED
    assert centre.there(incident) == set()
    assert list(centre.folder.iterdir()) == []


def test_no_site_hears_or_asks_for_the_pictures_of_another(centre: Borrower, site: Lender, hub: NatsServer) -> None:
    heard: list[str] = []
    incident = site.record(happened("one"), centre.reception)
    item = site.keep(incident, "still", STILL)

    async def spy() -> None:
        client = await nats.connect(hub.url, user=OTHER, password="of-0424")

        async def hear(message: Msg) -> None:
            heard.append(message.subject)

        for subject in (pictures(SITE), "vigilanza.>", ">", "_INBOX.>", "_R_.>"):
            await client.subscribe(subject, cb=hear)
        body = encode_request(PictureRequest(SITE, incident, "anna", item.sha256, 0))
        itself = await nats.connect(hub.url, user=SITE, password="of-0423")
        for forger in (client, itself):
            headers = {SIGNATURE: seal(centre.key, pictures(SITE), body)}
            await forger.publish(pictures(SITE), body, headers=headers)
            await forger.flush()
        centre.wishes.want(incident, by="bruna")
        await asyncio.to_thread(wait_until, "the still", centre.has(incident, STILL))
        for forger in (client, itself):
            await forger.close()

    with site.running():
        asyncio.run(spy())
    assert heard == []
    assert {who for who, _ in site.lent()} == {"centre/bruna"}


@pytest.mark.parametrize("key", ["none", "the site's own", "another subject"])
def test_a_request_that_the_centre_did_not_sign_is_not_answered(
    centre: Borrower, site: Lender, hub: NatsServer, key: str
) -> None:
    incident = site.record(happened("one"), centre.reception)
    item = site.keep(incident, "still", STILL)
    body = encode_request(PictureRequest(SITE, incident, "anna", item.sha256, 0))
    signature = {
        "none": "",
        "the site's own": seal(site.key, pictures(SITE), body),
        "another subject": seal(centre.key, pictures(OTHER), body),
    }[key]

    async def ask() -> None:
        client = await nats.connect(hub.url, user="centre", password="of-centre")
        await client.publish(pictures(SITE), body, headers={SIGNATURE: signature})
        await client.flush()
        await asyncio.to_thread(wait_until, "the refusal", lambda: "discarded" in site.counted)
        await client.close()

    with site.running():
        centre.wishes.want(incident, by="bruna")
        wait_until("the line", centre.has(incident, STILL), timeout=30)
        asyncio.run(ask())
    assert {who for who, _ in site.lent()} == {"centre/bruna"}


def test_whoever_has_the_key_of_the_centre_has_no_more_of_a_site_than_it_gives(
    centre: Borrower, site: Lender, hub: NatsServer
) -> None:
    incident, clock = site.record(happened("one"), centre.reception), FakeClock()
    item = site.keep(incident, "still", STILL)

    async def ask() -> None:
        client = await nats.connect(hub.url, user="centre", password="of-centre")
        for number in range(8):
            body = encode_request(PictureRequest(SITE, incident, f"nobody {number}", item.sha256, 0))
            headers = {SIGNATURE: seal(centre.key, pictures(SITE), body)}
            await client.request(pictures(SITE), body, timeout=20, headers=headers)
        await client.close()

    with site.running(clock=clock):
        centre.wishes.want(incident, by="bruna")
        wait_until("the line", lambda: site.counted, timeout=30)
        asyncio.run(ask())
    answered = len([one for one in site.counted if one != "discarded"])
    assert answered > 8
    assert clock.waits.count(REST_S) in {answered, answered - 1}
