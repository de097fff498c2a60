"""The box's clock is set."""

from datetime import UTC, datetime

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import RELAY, Needs
from vigilanza.lab.drill.kind import Kind

_HOUR = 3600.0
_SWITCHES = tuple(
    datetime(year, month, day, 1, tzinfo=UTC).timestamp() for year, month, day in ((2026, 10, 25), (2027, 3, 28))
)
"""When clocks in the European Union go back, and forward."""
_AFTER_S = 5.0


def jump(box: Box) -> None:
    """By an hour, forth and back, or the other way round; meanwhile a receiver that looks at times refuses alerts."""
    box.wait_for_work()
    first = box.chance.choice((_HOUR, -_HOUR))
    for ahead in (first, 0.0, -first, 0.0):
        box.wait(0.5, 3.0)
        box.ahead.value = ahead
        box.faults["clock set by an hour"] += 1
    box.wait(0.5, 1.0)


def switch(box: Box) -> None:
    """The hour comes twice, or not at all; at that moment the relay is killed."""
    moment = min(one for one in _SWITCHES if one > box.time.now())
    until = moment - box.time.now()
    box.wait(until, until + 0.5)
    box.parts[RELAY].kill()
    box.faults["summer time began or ended"] += 1
    box.wait(0.0, 1.0)
    box.parts[RELAY].start()
    box.wait(_AFTER_S, _AFTER_S + 2.0)


CLOCK = Kind("the clock is set by an hour, forth and back", jump)
SUMMER_TIME = Kind("summer time begins or ends", switch, Needs(parties=("mqtt", "dc09-tcp"), moments=_SWITCHES))
