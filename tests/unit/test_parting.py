"""A watch for which another stands by finishes its clips, and not for ever."""

import threading

from tests.fakes import FakeClock
from vigilanza.app.parting import LONGEST_S, Parting


def test_it_comes_once_nothing_is_under_way_any_more() -> None:
    over, idle = threading.Event(), [True]
    parting = Parting(over, lambda: idle[0], FakeClock())
    assert not parting.has_come(), "nobody stands by"
    idle[0] = False
    over.set()
    assert not parting.has_come()
    idle[0] = True
    assert parting.has_come()


def test_it_comes_in_the_end_even_if_something_always_is() -> None:
    over, clock = threading.Event(), FakeClock()
    parting = Parting(over, lambda: False, clock)
    over.set()
    assert not parting.has_come()
    clock.advance(LONGEST_S - 0.1)
    assert not parting.has_come()
    clock.advance(0.1)
    assert parting.has_come()
