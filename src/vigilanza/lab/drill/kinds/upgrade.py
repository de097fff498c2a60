"""The parts of a box are exchanged for those of another version, one by one, while break-ins happen.

No kind among the others: which versions these are is said by who plays it.
"""

from collections.abc import Mapping
from functools import partial

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.box.process import Work
from vigilanza.lab.drill.kind import Kind

_TELLING_APART = ("webhook", "room", "cap")
"""By the number in its incident: somebody at the page decides in any second, also in one in which something happens."""
_PAUSE_S = 1.0
"""A part that is not forked takes its time to start, and there are doors enough until the last one is at work."""
_AT_WORK_S = 3.0
_KILLED = 0.3
"""So often a part is not ended in good order."""


def upgrade(before: Mapping[str, Work], after: Mapping[str, Work], *, database: str, told: str | None) -> Kind:
    """The box begins with the parts of `before`, and ends with those of `after`; one goes back meanwhile, for a while.

    `database`: as in Needs; `told`: as in Kind.
    """
    needs = Needs(database, parties=_TELLING_APART, page=True)
    says, play = "parts are exchanged for those of another version", partial(_roll, before, after)
    return Kind(says, play, needs, Pace(pause=_PAUSE_S), told=told)


def _roll(before: Mapping[str, Work], after: Mapping[str, Work], box: Box) -> None:
    box.wait_for_work()
    names = list(box.parts)
    box.chance.shuffle(names)
    for name in names:
        _exchange(box, name, after[name])
    back = box.chance.choice(names)
    _exchange(box, back, before[back])
    _exchange(box, back, after[back])


def _exchange(box: Box, name: str, work: Work) -> None:
    box.wait(0.0, _AT_WORK_S)
    part, in_order = box.parts[name], box.chance.random() >= _KILLED
    part.kill() if not in_order else part.end()
    box.faults[f"{name} exchanged{'' if in_order else ' by kill -9'}"] += 1
    box.wait(0.0, 1.0)
    part.become(work)
    box.wait_for_work(name)
