"""All kinds of fault, by name."""

from collections.abc import Mapping

from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.certificate import CERTIFICATE
from vigilanza.lab.drill.kinds.clock import CLOCK, SUMMER_TIME
from vigilanza.lab.drill.kinds.disk import DISK_FULL, DISK_READ_ONLY, DISK_SLOW
from vigilanza.lab.drill.kinds.flood import FLOOD
from vigilanza.lab.drill.kinds.freeze import FREEZE, FREEZE_WATCH
from vigilanza.lab.drill.kinds.kill import KILL_RECORDER, KILL_RELAY, KILL_WATCH, KILL_WEB
from vigilanza.lab.drill.kinds.log import LOG
from vigilanza.lab.drill.kinds.memory import MEMORY
from vigilanza.lab.drill.kinds.page import BAD_PAGE
from vigilanza.lab.drill.kinds.partition import PARTITION
from vigilanza.lab.drill.kinds.postgres import POSTGRES
from vigilanza.lab.drill.kinds.power import POWER_CUT, TORN_WRITE
from vigilanza.lab.drill.kinds.restore import RESTORE

KINDS: Mapping[str, Kind] = {
    "kill-watch": KILL_WATCH,
    "kill-recorder": KILL_RECORDER,
    "kill-relay": KILL_RELAY,
    "kill-web": KILL_WEB,
    "freeze": FREEZE,
    "freeze-watch": FREEZE_WATCH,
    "partition": PARTITION,
    "torn-write": TORN_WRITE,
    "power-cut": POWER_CUT,
    "bad-page": BAD_PAGE,
    "disk-full": DISK_FULL,
    "disk-read-only": DISK_READ_ONLY,
    "disk-slow": DISK_SLOW,
    "postgres": POSTGRES,
    "restore": RESTORE,
    "clock": CLOCK,
    "summer-time": SUMMER_TIME,
    "flood": FLOOD,
    "memory": MEMORY,
    "log": LOG,
    "certificate": CERTIFICATE,
}
"""In the order they are played."""
