"""One subscription's queue: order, bound, and what comes back."""

import pytest

from vigilanza.bridge.onvif_device import pullpoint
from vigilanza.bridge.onvif_device.filter import TopicFilter
from vigilanza.bridge.onvif_device.pullpoint import PullPoint
from vigilanza.bridge.onvif_device.topics import Notice, Property


def notice(words: str, operation: str = "Changed", topic: str = "tns1:A") -> Notice:
    return Notice(Property(topic, ()), (("State", words),), 0.0, operation)


def point(wanted: TopicFilter | None = None) -> PullPoint:
    return PullPoint(name="p", wanted=wanted or TopicFilter(), position=10, until=60.0)


def taken(from_: PullPoint, limit: int = 100) -> list[str]:
    return [str(one.notice.data[0][1]) for one in from_.take(limit)]


def test_what_was_committed_before_it_began_is_not_for_it() -> None:
    it = point()
    assert it.offer(10, [notice("old")])
    assert it.offer(11, [notice("new")])
    assert it.offer(11, [notice("again")])
    assert taken(it) == ["new"]


def test_what_is_put_back_comes_first_and_in_order() -> None:
    it = point()
    it.offer(11, [notice(words) for words in "abc"])
    first = it.take(2)
    it.offer(12, [notice("d")])
    it.put_back(first)
    assert taken(it) == ["a", "b", "c", "d"]


def test_how_things_stand_is_told_between_what_came_before_and_after_that_moment() -> None:
    it = point()
    it.initialize(10, [notice("first", "Initialized")])
    it.offer(11, [notice("before")])
    it.offer(13, [notice("after")])
    it.initialize(12, [notice("stands", "Initialized")])
    assert taken(it) == ["before", "stands", "after"]


def test_a_full_queue_takes_nothing_more_until_it_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pullpoint, "QUEUE_MAX", 2)
    it = point()
    assert it.offer(11, [notice("a"), notice("b")])
    assert not it.offer(12, [notice("c")]), "told once"
    assert it.offer(13, [notice("d")])
    assert (taken(it), it.served, it.behind) == (["a", "b"], 11, True)
    for position, words in ((12, "c"), (13, "d")):
        it.catch_up(position, [notice(words)])
    it.is_current()
    assert taken(it) == ["c", "d"]
    assert it.offer(14, [notice("e")])
    assert taken(it) == ["e"]


def test_only_wanted_topics_are_kept_and_count() -> None:
    it = point(TopicFilter(frozenset({"tns1:B"})))
    it.offer(11, [notice("no"), notice("yes", topic="tns1:B")])
    it.initialize(11, [notice("no"), notice("stands", "Initialized", "tns1:B")])
    assert taken(it) == ["yes", "stands"]


def test_after_a_seek_the_old_queue_is_gone() -> None:
    it = point()
    it.offer(11, [notice("old")])
    it.seek(5, [notice("begin", "")])
    it.catch_up(6, [notice("missed")])
    assert (taken(it), it.served) == (["begin", "missed"], 6)
