"""Boxes share cameras over a server that answers, does not, forgets, and is written to by all at once."""

from pathlib import Path

import pytest

from tests.pretended import CAMERAS, Site
from vigilanza.app.sharing import ALONE_AFTER_S, BEAT_S, HEIR_S, SURE_S
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_two_boxes_come_to_fair_shares_and_the_one_that_is_left_takes_all(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a)
    assert a.held == set(CAMERAS)
    site.pass_time(a, b)
    assert len(a.held) == len(b.held) == 2
    assert a.held | b.held == set(CAMERAS)
    assert (a.sharing.given, b.sharing.inherited, a.sharing.lost) == (2, 2, 0)
    site.pass_time(b, seconds=2.5)
    assert b.held == set(CAMERAS)


def test_of_two_boxes_that_start_at_the_same_moment_the_later_one_takes_nothing_from_the_other(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.server.before_write.append(lambda: site.pass_time(a, seconds=BEAT_S))
    site.pass_time(b, seconds=BEAT_S)
    assert (a.held, b.held) == (set(CAMERAS), set())
    site.pass_time(a, b)
    assert (a.sharing.lost, a.sharing.given, b.sharing.claimed, b.sharing.inherited) == (0, 2, 0, 2)


def test_whoever_comes_first_claims_what_a_third_should_have(site: Site) -> None:
    """A box that hangs is not yet silent for the others: nobody waits for it."""
    a, b, c = site.box("a"), site.box("b"), site.box("c")
    site.pass_time(a, b, c)
    site.pass_time(a, c, seconds=1.2)  # b is killed, and c begins to hang a second later
    site.pass_time(a, seconds=1.6)
    assert b.held <= a.held


def test_no_camera_is_unwatched_at_any_moment_while_shares_change(site: Site) -> None:
    a, b, c = site.box("a"), site.box("b"), site.box("c")
    site.pass_time(a)
    for _ in range(40):
        site.pass_time(a, b, c, seconds=BEAT_S)
        assert a.watching() | b.watching() | c.watching() == set(CAMERAS)
    assert sorted(len(one.held) for one in (a, b, c)) == [1, 1, 2]


def test_a_server_that_is_away_changes_nothing_for_anybody(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    before = a.held, b.held
    site.server.away = {"a", "b"}
    site.pass_time(a, b, seconds=60.0)
    assert (a.held, b.held) == before
    assert a.sharing.reachable is False
    assert a.sharing.is_sure()
    site.server.away = {"b"}  # b takes longer to find it again
    site.pass_time(a, seconds=3.0)
    assert a.held == before[0]
    site.server.away = set()
    site.pass_time(a, b)
    assert (a.held, b.held) == before


def test_a_box_that_is_cut_off_goes_on_until_it_hears_that_another_one_holds_the_camera(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    mine = a.held
    site.server.away = {"a"}
    site.pass_time(a, b)
    assert a.held == mine
    assert b.held == set(CAMERAS)
    site.server.away = set()
    site.pass_time(a, seconds=BEAT_S)
    assert a.held == set()
    assert a.sharing.lost == len(mine)


def test_a_server_that_has_forgotten_everything_costs_no_camera_its_watch(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    before = a.held, b.held
    site.server.forget()
    for _ in range(20):
        site.pass_time(a, b, seconds=BEAT_S)
        assert (a.held, b.held) == before


def test_a_box_that_starts_without_a_server_watches_what_it_last_held_or_else_all_it_may(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    mine = b.held
    site.server.away = {"b", "c"}
    again, new = site.box("b"), site.box("c", capacity=3)
    site.pass_time(again, new, seconds=ALONE_AFTER_S - 1.0)
    assert again.watching() == new.watching() == set()
    site.pass_time(again, new, seconds=2.0)
    assert again.held == mine
    assert new.held == set(CAMERAS[:3])
    site.server.away = set()
    site.pass_time(a, again, new)
    assert sorted(len(one.held) for one in (a, again, new)) == [1, 1, 2]


def test_who_stood_still_tells_nothing_before_it_has_looked(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    seen = some_event(min(a.held))
    site.pass_time(b)
    with pytest.raises(JournalUnavailable, match="stood still"):
        a.duties.put([seen])
    site.pass_time(a, seconds=BEAT_S)
    a.duties.put([seen])
    assert a.told == []
    assert a.duties.left_out == 1
    assert site.clock.monotonic() > SURE_S


def test_an_heir_that_never_sees_the_camera_is_not_waited_for(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    b.busy = frozenset(CAMERAS)
    site.pass_time(a, b, seconds=HEIR_S / 2)
    assert b.duties.cameras == dict.fromkeys(b.watching(), False)
    assert len(b.watching()) == 2
    site.pass_time(a, b, seconds=HEIR_S)
    assert a.held == set(CAMERAS)
    assert b.watching().isdisjoint({"cam-4", "cam-3"})


def test_what_a_box_cannot_see_goes_to_one_that_can_whatever_happens_there(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    mine = a.held
    a.unseen, b.busy, b.unseen = frozenset(CAMERAS), frozenset(CAMERAS), frozenset(mine)
    site.pass_time(a, b, seconds=2.0)
    assert b.held == set(CAMERAS), "it tells what it sees from the first picture on"
    assert a.held == mine
    b.unseen = frozenset()
    site.pass_time(a, b, seconds=2.0)
    assert a.held == set()
    assert b.held == set(CAMERAS)


def test_a_camera_that_nobody_sees_stays_where_it_is(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    lost = min(a.held)
    a.unseen = b.unseen = frozenset({lost})
    site.pass_time(a, b, seconds=2 * HEIR_S)
    assert lost in a.held
    assert lost not in b.watching()
    a.unseen = frozenset()
    site.pass_time(a, b, seconds=2 * HEIR_S)
    assert (len(a.held), len(b.held)) == (2, 2)


def test_what_is_given_back_at_the_end_is_claimed_at_once(site: Site) -> None:
    a, b = site.box("a"), site.box("b")
    site.pass_time(a, b)
    a.sharing._release()
    site.pass_time(b, seconds=BEAT_S)
    assert b.held == set(CAMERAS)


def some_event(camera: str) -> Event:
    from vigilanza.domain.attack import Attack, step
    from vigilanza.domain.observation import Fact, Observation

    _, (event,) = step(Attack(camera), [Observation(Fact.SIGNAL_LOST, 1.0)], 100.0)
    return event
