"""Who follows the feed sees every commit once, in order, with the story it belongs to. On both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import open_database
from vigilanza.store.feed import Entry, Feed
from vigilanza.store.journal import Journal


@pytest.fixture
def book(engine: Engine) -> Journal:
    return Journal(engine=engine, destinations=[VMS], clock=FakeClock(BEGAN), site="0423")


@pytest.fixture
def feed(engine: Engine) -> Feed:
    return Feed(engine)


def read(feed: Feed, size: int) -> list[Entry]:
    """All, page by page."""
    entries: list[Entry] = []
    while page := feed.after(entries[-1].position if entries else 0, size):
        entries += page
    return entries


def test_an_empty_feed_is_at_its_beginning(feed: Feed) -> None:
    assert (feed.end(), feed.after(0), feed.oldest()) == (0, [], None)
    assert feed.standing().stories == ()
    assert feed.before_time(BEGAN) == 0


@pytest.mark.parametrize("size", [1, 2, 200])
def test_every_commit_comes_once_in_order_however_large_the_pages(feed: Feed, book: Journal, size: int) -> None:
    a, b = break_in("a", count=3), break_in("b", count=2)
    book.record([a[0]])
    book.record([b[0], a[1]])
    book.record([a[1]])  # known already
    book.decide(Decision(a[0].incident, "operator", BEGAN + 15, avs=2))
    book.record([b[1], a[2]])
    entries = read(feed, size)
    assert [entry.item.id for entry in entries] == [
        *(a[0].id, b[0].id, a[1].id),
        Decision(a[0].incident, "operator", BEGAN + 15, avs=2).id,
        *(b[1].id, a[2].id),
    ]
    assert [entry.position for entry in entries] == sorted(entry.position for entry in entries)
    assert feed.end() == entries[-1].position
    last = entries[-1]
    assert last.after.events == tuple(a)
    assert last.before.events == tuple(a[:2])
    assert last.after.decision is not None
    assert last.before.items == last.after.items[:-1]


def test_one_can_go_back_to_a_moment(feed: Feed, book: Journal) -> None:
    for name, began in (("a", BEGAN), ("b", BEGAN + 100), ("c", BEGAN + 200)):
        book.record(break_in(name, count=1, began=began))
    assert [entry.item.at for entry in feed.after(feed.before_time(BEGAN + 100))] == [BEGAN + 100, BEGAN + 200]
    assert feed.after(feed.before_time(BEGAN + 201)) == []
    assert feed.oldest() == BEGAN


def test_what_is_recorded_late_is_not_missed(feed: Feed, book: Journal) -> None:
    """A spool brings events of yesterday after those of today: who goes back to those of today gets both."""
    book.record(break_in("a", count=1, began=BEGAN + 1000))
    book.record(break_in("b", count=1, began=BEGAN))
    assert [entry.at for entry in feed.after(feed.before_time(BEGAN + 1000))] == [BEGAN + 1000, BEGAN]


def test_standing_is_the_stories_of_open_incidents(feed: Feed, book: Journal) -> None:
    book.record(break_in("closed", count=5))
    book.record(break_in("open", count=3, began=BEGAN + 100))
    book.decide(Decision(incident_id("open"), "operator", BEGAN + 130, reason=RejectReason.ANIMAL))
    standing = feed.standing()
    (story,) = standing.stories
    assert story.events == tuple(break_in("open", count=3, began=BEGAN + 100))
    assert story.decision is not None
    assert standing.position == feed.end()


def test_a_story_knows_that_a_later_one_has_begun_at_its_door(feed: Feed, book: Journal) -> None:
    book.record(break_in("a", count=5))
    book.decide(Decision(incident_id("a"), "first", BEGAN + 60, avs=2))
    book.record(break_in("b", count=1, began=BEGAN + 100))
    book.decide(Decision(incident_id("a"), "second", BEGAN + 110, avs=3))
    superseded = [entry.after.superseded for entry in read(feed, 200)]
    assert superseded == [False] * 7 + [True]


def test_a_database_that_is_away_is_said_to_be(tmp_path: object) -> None:
    engine = open_database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    questions: list[Callable[[], object]] = [Feed(engine).end, Feed(engine).standing, Feed(engine).oldest]
    for question in questions:
        with pytest.raises(JournalUnavailable):
            question()
