"""Whoever forges, replays or alters what goes between a centre and a site about work orders changes nothing, and is
counted.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NoAnswer
from sqlalchemy import Engine

from tests.centre_orders import DOOR, HOUR, OTHER, SITE, Centre, Site, sealed, serving, told
from tests.commands import wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.instruction import Answer, Outcome, encode_answer, encode_instruction
from vigilanza.domain.message import SIGNATURE, answers, instructions
from vigilanza.domain.workorder import Passage, WorkOrder
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.seal import seal


@pytest.fixture
def centre(sqlite: Engine, hub: NatsServer, tmp_path: Path) -> Iterator[Centre]:
    with serving(Centre(sqlite, hub, tmp_path)) as centre:
        yield centre


@pytest.fixture
def site(tmp_path: Path, hub: NatsServer, centre: Centre) -> Iterator[Site]:
    site = Site(tmp_path, hub, SITE, [centre.key.public])
    yield site
    site.engine.dispose()


FORGERIES: dict[str, Callable[[WorkOrder, SigningKey, SigningKey], tuple[bytes, str]]] = {
    "not signed": lambda order, _, __: (encode_instruction(told(order)), ""),
    "signed by a site": lambda order, _, site: sealed(site, SITE, encode_instruction(told(order))),
    "signed for another site": lambda order, key, _: sealed(key, OTHER, encode_instruction(told(order))),
    "for another site": lambda order, key, _: sealed(key, SITE, encode_instruction(told(order, OTHER))),
    "signed under another name": lambda order, key, _: (
        encode_instruction(told(order)),
        seal(key, answers(SITE), encode_instruction(told(order))),
    ),
    "no JSON": lambda _, key, __: sealed(key, SITE, b"\x00\xff"),
    "too deep": lambda _, key, __: sealed(key, SITE, b"[" * 60_000),
    "no order": lambda _, key, __: sealed(key, SITE, b'{"version":1,"site":"0423","revision":1,"by":"x","order":[]}'),
    "a time that is none": lambda order, key, _: sealed(
        key, SITE, encode_instruction(told(order)).replace(b'"from":', b'"from":1e300,"was":')
    ),
    "two lines": lambda order, key, _: sealed(key, SITE, encode_instruction(told(replace(order, who="a\nb")))),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_what_is_forged_foreign_or_malformed_is_counted_and_not_answered(
    centre: Centre, site: Site, hub: NatsServer, how: str
) -> None:
    now = SystemClock().now()
    order = WorkOrder("CO-0001", DOOR, now, now + HOUR, "x", "y", "anna", now)
    body, signature = FORGERIES[how](order, centre.key, site.key)

    async def forge() -> None:
        client = await nats.connect(hub.url, user="centre", password="of-centre")
        with pytest.raises(NoAnswer):
            await client.request(instructions(SITE), body, timeout=1.0, headers={SIGNATURE: signature})
        await client.close()

    with site.running():
        genuine = centre.grant()
        wait_until("the line", lambda: site.ids() == [genuine.id], timeout=20)
        asyncio.run(forge())
    assert site.counted == ["taken", "discarded"]
    assert site.ids() == [genuine.id]


def test_a_replayed_order_does_not_undo_its_end(centre: Centre, site: Site, hub: NatsServer) -> None:
    order = centre.grant()
    [first] = centre.owed.unconfirmed()
    body, signature = sealed(centre.key, SITE, encode_instruction(first))

    async def replay() -> bytes:
        client = await nats.connect(hub.url, user="centre", password="of-centre")
        answer = await client.request(instructions(SITE), body, timeout=10.0, headers={SIGNATURE: signature})
        await client.close()
        return answer.data

    with site.running():
        wait_until("the order", lambda: site.ids() == [order.id], timeout=20)
        centre.orders.end(order.id, by="anna")
        wait_until("its end", lambda: centre.owed.owed() == {}, timeout=20)
        assert b"change 2 of work order CO-0001 is known here already" in asyncio.run(replay())
    assert site.counted == ["taken", "taken", "refused"]
    assert site.ids() == []


ANSWERS: dict[str, Callable[[Answer, SigningKey], tuple[bytes, str]]] = {
    "not signed": lambda answer, _: (encode_answer(answer), ""),
    "about another order": lambda answer, key: confirmed(key, replace(answer, order="CO-0009")),
    "about another change": lambda answer, key: confirmed(key, replace(answer, revision=2)),
    "of another site": lambda answer, key: confirmed(key, replace(answer, site=OTHER)),
    "no answer": lambda _, key: (b"yes", seal(key, answers(SITE), b"yes")),
}


def confirmed(key: SigningKey, answer: Answer) -> tuple[bytes, str]:
    return encode_answer(answer), seal(key, answers(SITE), encode_answer(answer))


@pytest.mark.parametrize("how", ANSWERS)
def test_an_answer_that_is_not_genuine_confirms_nothing_and_is_counted(
    centre: Centre, site: Site, hub: NatsServer, how: str
) -> None:
    async def lie(order: WorkOrder) -> None:
        body, signature = ANSWERS[how](Answer(SITE, order.id, 1, Outcome.TAKEN), site.key)
        client = await nats.connect(hub.url, user=SITE, password="of-0423")

        async def say(message: Msg) -> None:
            await client.publish(message.reply, body, headers={SIGNATURE: signature})

        await client.subscribe(instructions(SITE), cb=say)
        async with asyncio.timeout(20):
            while SITE not in centre.standings.all():
                await asyncio.sleep(0.02)
        await client.close()

    order = centre.grant()
    asyncio.run(lie(order))
    assert centre.standings.all()[SITE].refused >= 1
    assert centre.passage(order) == Passage(SITE, known=False)


def test_no_site_hears_the_orders_of_another_nor_gives_any(centre: Centre, site: Site, hub: NatsServer) -> None:
    heard: list[str] = []

    async def spy() -> None:
        client = await nats.connect(hub.url, user=OTHER, password="of-0424")

        async def hear(message: Msg) -> None:
            heard.append(message.subject)

        for subject in (instructions(SITE), "vigilanza.>", ">", "_INBOX.>", "_R_.>"):
            await client.subscribe(subject, cb=hear)
        await client.flush()
        body, signature = sealed(centre.key, SITE, encode_instruction(told(replace(before, id="CO-0077"))))
        itself = await nats.connect(hub.url, user=SITE, password="of-0423")
        for forger in (client, itself):
            await forger.publish(instructions(SITE), body, headers={SIGNATURE: signature})
            await forger.flush()
        after = centre.grant()
        await asyncio.to_thread(wait_until, "what came after it", lambda: site.ids() == [before.id, after.id])
        for forger in (client, itself):
            await forger.close()

    with site.running():
        before = centre.grant()
        wait_until("the line", lambda: site.ids() == [before.id])
        asyncio.run(spy())
    assert heard == []
    assert site.counted == ["taken", "taken"]
