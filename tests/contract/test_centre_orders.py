"""Work orders of a centre at a site's doors, through a real NATS server with the accounts that we print."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.centre import new_key
from tests.centre_orders import HOUR, SITE, Centre, Site, public, serving
from tests.commands import wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.instruction import Answer, Instruction
from vigilanza.domain.workorder import Passage
from vigilanza.lab.nats_server import NatsServer


@pytest.fixture
def centre(engine: Engine, hub: NatsServer, tmp_path: Path) -> Iterator[Centre]:
    with serving(Centre(engine, hub, tmp_path)) as centre:
        yield centre


@pytest.fixture
def site(tmp_path: Path, hub: NatsServer, centre: Centre) -> Iterator[Site]:
    site = Site(tmp_path, hub, SITE, [centre.key.public])
    yield site
    site.engine.dispose()


def test_an_order_is_there_within_seconds_and_so_is_its_end(centre: Centre, site: Site) -> None:
    with site.running():
        order = centre.grant()
        wait_until("the order", lambda: site.ids() == [order.id], timeout=20)
        wait_until("its confirmation", lambda: centre.passage(order) == Passage(SITE, known=True), timeout=20)
        centre.orders.extend(order.id, until=order.ends_at + HOUR, by="anna")
        wait_until("the extension", lambda: site.known.of(order.id).ends_at == order.ends_at + HOUR, timeout=20)
        centre.orders.end(order.id, by="anna")
        wait_until("the end", lambda: site.ids() == [], timeout=20)
        wait_until("its confirmation", lambda: centre.owed.owed() == {}, timeout=20)
    assert [one.what for one in site.known.history(order.id)] == ["added", "extended", "ended"]


def test_what_was_ordered_while_all_was_away_is_told_after_it_once(centre: Centre, site: Site, hub: NatsServer) -> None:
    with site.running():
        first = centre.grant()
        wait_until("the first", lambda: site.ids() == [first.id], timeout=20)
        hub.kill()
        centre.orders.end(first.id, by="anna")
        second = centre.grant()
        hub.start()
        wait_until("the second alone", lambda: site.ids() == [second.id], timeout=60)
    third = centre.grant()
    with site.running():  # begun anew
        wait_until("the third", lambda: site.ids() == [second.id, third.id], timeout=60)
        wait_until("every confirmation", lambda: centre.owed.owed() == {}, timeout=20)
    for order in (first, second, third):
        assert [one.what for one in site.known.history(order.id)].count("added") == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_answer_that_was_lost_and_a_journal_that_was_away_change_nothing(centre: Centre, site: Site) -> None:
    failures = iter([JournalUnavailable("before"), None, JournalUnavailable("after")])

    def take(instruction: Instruction) -> Answer:
        failure = next(failures, None)
        if failure is not None and "before" in str(failure):
            raise failure
        answer = site.take(instruction)
        if failure is not None:
            raise failure
        return answer

    with site.running(take):
        first = centre.grant()
        wait_until("the first", lambda: centre.passage(first) == Passage(SITE, known=True), timeout=60)
        second = centre.grant()
        wait_until("the second", lambda: centre.passage(second) == Passage(SITE, known=True), timeout=60)
    for order in (first, second):
        assert [one.what for one in site.known.history(order.id)] == ["added"]


def test_a_site_that_does_not_take_it_says_why(centre: Centre, site: Site) -> None:
    now = SystemClock().now()
    order = centre.orders.add(
        door=f"{SITE}/attic", starts_at=now, ends_at=now + HOUR, who="x", reason="y", granted_by="anna"
    )
    with site.running():
        passage = wait_until("the refusal", lambda: (way := centre.passage(order)) and way.why and way, timeout=20)
    assert passage == Passage(SITE, known=False, why="door: there is no door 'attic'; sealed are B.03.12")
    assert site.counted == ["refused"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_while_the_centres_key_is_changed_both_count(centre: Centre, hub: NatsServer, tmp_path: Path) -> None:
    site = Site(tmp_path, hub, SITE, [public(new_key(tmp_path / "new", "centre")), centre.key.public])
    with site.running():
        order = centre.grant()
        wait_until("the order", lambda: site.ids() == [order.id], timeout=20)
    site.engine.dispose()
