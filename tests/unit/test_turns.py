"""Senders that take turns."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vigilanza.cluster.turns import Turns

SENT = st.lists(st.sampled_from("abcd"), max_size=60)


@given(SENT, st.integers(1, 7))
def test_all_come_once_each_senders_in_its_order(senders: list[str], at_once: int) -> None:
    turns: Turns[tuple[str, int]] = Turns()
    for number, sender in enumerate(senders):
        turns.add(sender, (sender, number), size_bytes=number)
    assert (len(turns), turns.size_bytes) == (len(senders), sum(range(len(senders))))
    taken: list[tuple[str, int]] = []
    while turns:
        some = turns.take(at_once)
        assert 0 < len(some) <= at_once
        taken += some
    assert sorted(taken, key=lambda one: one[1]) == list(enumerate_of(senders))
    for sender in set(senders):
        numbers = [number for one, number in taken if one == sender]
        assert numbers == sorted(numbers)
    assert (len(turns), turns.size_bytes) == (0, 0)


@given(SENT.filter(bool), st.sampled_from("abcd"))
def test_whoever_has_one_thing_waits_for_one_of_each_other_sender(before: list[str], sender: str) -> None:
    turns: Turns[str] = Turns()
    for other in before:
        turns.add(other, other, 1)
    own = Counter(before)[sender]
    turns.add(sender, "mine", 1)
    taken = turns.take(len(before) + 1)
    place = taken.index("mine")
    assert all(count <= own + 1 for other, count in Counter(taken[:place]).items() if other != sender)


def test_what_is_cleared_does_not_come() -> None:
    turns: Turns[str] = Turns()
    turns.add("a", "x", 5)
    turns.clear()
    assert (turns.take(1), len(turns), turns.size_bytes) == ([], 0, 0)


def enumerate_of(senders: list[str]) -> list[tuple[str, int]]:
    return [(sender, number) for number, sender in enumerate(senders)]
