"""One to one, as many as possible, then cheapest: compared with trying everything."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from vigilanza.lab.assignment import assign

COSTS = st.lists(st.dictionaries(st.integers(0, 4), st.integers(0, 60).map(float), max_size=5), max_size=4)


def worth(costs: list[dict[int, float]], answers: tuple[int | None, ...]) -> tuple[int, float]:
    """(how many get nothing, what the others cost)"""
    return answers.count(None), sum(costs[i][thing] for i, thing in enumerate(answers) if thing is not None)


@given(COSTS)
def test_no_other_way_is_better(costs: list[dict[int, float]]) -> None:
    answers = tuple(assign(costs))
    given = [thing for thing in answers if thing is not None]
    assert len(given) == len(set(given))
    things: list[int | None] = [0, 1, 2, 3, 4, *[None] * len(costs)]
    possible = {
        way
        for way in permutations(things, len(costs))
        if all(thing is None or thing in own for thing, own in zip(way, costs, strict=True))
    }
    assert worth(costs, answers) == min(worth(costs, way) for way in possible)


def test_the_first_gives_way_if_it_has_a_choice() -> None:
    assert assign([{0: 1.0, 1: 5.0}, {0: 1.0}]) == [1, 0]


def test_the_nearer_one_gets_what_only_one_can_have() -> None:
    assert assign([{0: 8.0}, {0: 2.0}]) == [None, 0]
