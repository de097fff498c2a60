"""Something stands still, and goes on."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import WATCH
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.box.process import BoxProcess
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.kill import EYES
from vigilanza.lab.drill.party import Party

_TIMES = 3
_SELDOM = 0.2
_LONG_S = 21.0
"""Longer than a lease, and than anybody waits for an answer."""


def freeze(box: Box) -> None:
    """A part or a receiver, mostly for a moment; in one seed of five the last one for long."""
    box.wait_for_work()
    everybody: list[BoxProcess | Party] = [*box.parts.values(), *box.parties]
    for turn in range(_TIMES):
        one = box.chance.choice(everybody)
        box.wait(0.0, 1.0)
        one.freeze()
        box.faults[f"{one.name} frozen"] += 1
        long = turn == _TIMES - 1 and box.chance.random() < _SELDOM
        box.wait(_LONG_S, _LONG_S + 2.0) if long else box.wait(0.5, 3.0)
        one.thaw()


def freeze_watch(box: Box) -> None:
    """For some seconds; in one seed of five for longer than a camera may be silent."""
    box.wait_for_work()
    for turn in range(2):
        box.wait(2.0, 5.0)
        box.parts[WATCH].freeze()
        box.faults["watch frozen"] += 1
        long = turn and box.chance.random() < _SELDOM
        box.wait(_LONG_S, _LONG_S + 2.0) if long else box.wait(0.5, 5.0)
        box.parts[WATCH].thaw()


FREEZE_WATCH = Kind("the watch stands still (SIGSTOP)", freeze_watch, EYES, Pace(least=6, pause=4.0))
FREEZE = Kind("a part or a receiver stands still (SIGSTOP)", freeze)
