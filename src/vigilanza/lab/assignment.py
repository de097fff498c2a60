"""Who gets what, one to one, at the least cost."""

import math
from collections import deque
from collections.abc import Mapping, Sequence

_WITHOUT = 1e6
"""What it costs to get nothing: more than all other costs together."""
_EQUAL = 1e-9


def assign(costs: Sequence[Mapping[int, float]]) -> list[int | None]:
    """Per taker the thing it gets, none twice; as few as possible get nothing, and then the sum of costs is least.

    `costs[i]` is thing → cost, for the things (numbered from 0) that taker i can use; costs are below 1e6 in sum.
    Takers are added one by one, each by the cheapest chain of exchanges (successive shortest paths).
    """
    options = [{**own, -1 - taker: _WITHOUT} for taker, own in enumerate(costs)]
    owner: dict[int, int] = {}
    for newcomer in range(len(options)):
        held = {taker: thing for thing, taker in owner.items()}
        thing, giver = _cheapest_chain(newcomer, options, owner)
        while True:
            taker = giver[thing]
            owner[thing] = taker
            if taker == newcomer:
                break
            thing = held[taker]
    answers: list[int | None] = [None] * len(options)
    for thing, taker in owner.items():
        answers[taker] = thing if thing >= 0 else None
    return answers


def _cheapest_chain(
    newcomer: int, options: Sequence[Mapping[int, float]], owner: Mapping[int, int]
) -> tuple[int, dict[int, int]]:
    """(free thing at the chain's end, thing → taker that would take it); exchanges may save as well as cost."""
    total: dict[int, float] = {}
    giver: dict[int, int] = {}
    waiting = deque([(newcomer, 0.0)])
    while waiting:
        taker, spent = waiting.popleft()
        for thing, cost in options[taker].items():
            if owner.get(thing) == taker or spent + cost >= total.get(thing, math.inf) - _EQUAL:
                continue
            total[thing], giver[thing] = spent + cost, taker
            if thing in owner:
                waiting.append((owner[thing], spent + cost - options[owner[thing]][thing]))
    return min((thing for thing in total if thing not in owner), key=lambda thing: total[thing]), giver
