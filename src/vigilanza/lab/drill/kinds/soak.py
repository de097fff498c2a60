"""All that can break one box, in an order by chance, again and again for long."""

from collections.abc import Callable
from functools import partial

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.certificate import CERTIFICATE
from vigilanza.lab.drill.kinds.clock import CLOCK
from vigilanza.lab.drill.kinds.disk import DISK_FULL, DISK_READ_ONLY, DISK_SLOW
from vigilanza.lab.drill.kinds.freeze import FREEZE
from vigilanza.lab.drill.kinds.kill import KILL_RECORDER, KILL_RELAY, KILL_WEB
from vigilanza.lab.drill.kinds.log import LOG
from vigilanza.lab.drill.kinds.memory import MEMORY
from vigilanza.lab.drill.kinds.partition import PARTITION
from vigilanza.lab.drill.kinds.power import POWER_CUT, TORN_WRITE

SOAKED = (
    *(KILL_RECORDER, KILL_RELAY, KILL_WEB, FREEZE, PARTITION, TORN_WRITE, POWER_CUT),
    *(DISK_FULL, DISK_READ_ONLY, DISK_SLOW, CLOCK, MEMORY, LOG, CERTIFICATE),
)
"""Of these nothing may be lost, and a box on SQLite has all they need."""
_NEEDS = Needs(parties=("webhook", "room", "cap", "mqtt"), disk_mb=256, doors=512, page=True, log_pipe=True)
"""As for `kill-web` none that tells whole seconds only."""
_AT_ONCE, _STEPS, _LONGER = 3, 4, 1.3
"""Break-ins side by side, what happens in each, and how much longer they go on than the faults do, in the mean."""
_REST_S = 40.0


def soak(seconds: float, *, say: Callable[[str], None]) -> Kind:
    """For at least so long; `say` is told of each fault as it begins. Each comes equally often."""
    groups = _NEEDS.doors / _AT_ONCE
    pace = Pace(at_once=_AT_ONCE, pause=2.0 * _LONGER * seconds / groups / _STEPS)
    return Kind("everything, one after the other", partial(_soak, seconds, say), _NEEDS, pace)


def _soak(seconds: float, say: Callable[[str], None], box: Box) -> None:
    began = box.clock.monotonic()
    while True:
        for kind in box.chance.sample(SOAKED, len(SOAKED)):
            if (after := box.clock.monotonic() - began) >= seconds:
                return
            say(f"{after / 60.0:5.1f} min  {kind.says}")
            kind.play(box)
            box.wait(0.0, min(_REST_S, seconds / 20.0))
