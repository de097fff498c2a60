"""kill -9 of one part, again and again."""

from functools import partial

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import RECORDER, RELAY, WATCH, WEB, Needs
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.kind import Kind

_TIMES = 4
_AT_THE_PAGE = Needs(parties=("webhook", "room", "cap"), page=True)
"""None that tells whole seconds only: what is decided at the page may fall into the second of an event."""
EYES = Needs(parties=("webhook", "mqtt"), doors=16, eyes=True)


def kill(part: str, box: Box, *, at_work_s: float = 2.0) -> None:
    """At random points within `at_work_s` of its first work, and started again within two seconds."""
    for _ in range(_TIMES):
        box.wait_for_work(part)
        box.wait(0.0, at_work_s)
        box.parts[part].kill()
        box.faults[f"{part} killed"] += 1
        box.wait(0.0, 2.0)
        box.parts[part].start()


KILL_WATCH = Kind("the watch is killed (kill -9)", partial(kill, WATCH, at_work_s=6.0), EYES, Pace(least=6, pause=4.0))
KILL_RECORDER = Kind("what records is killed (kill -9)", partial(kill, RECORDER))
KILL_RELAY = Kind("the relay is killed (kill -9)", partial(kill, RELAY))
KILL_WEB = Kind("the page is killed (kill -9) while an operator decides", partial(kill, WEB), _AT_THE_PAGE)
