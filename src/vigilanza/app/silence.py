"""What the page tells of this box that nobody would notice: parts and sites that are silent, deletion that is late."""

from collections.abc import Callable, Sequence

from vigilanza.app.memory import Memory, open_retention, reserve_of
from vigilanza.app.pulse import Pulse
from vigilanza.app.sitewatch import SiteWatch
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.store.diskroom import RoomWatch
from vigilanza.store.retention import LATE_S

DELETION = "deletion"
ROOM = "room"


def silence(config: Config, memory: Memory, clock: Clock) -> Callable[[], Sequence[str]]:
    """Names parts and sites without a sign of life, DELETION if pictures lie beyond their term, ROOM if soon none is
    left.
    """
    pulse, retention = Pulse.of(config, clock=clock), open_retention(config, memory, clock)
    room = RoomWatch(config.storage.media, reserve=reserve_of(config), clock=clock)
    sites = None if config.centre is None else SiteWatch(config.centre, engine=memory.engine, clock=clock)

    def silent() -> tuple[str, ...]:
        troubles = {DELETION: retention.overdue_seconds() > LATE_S, ROOM: room.is_short()}
        away = () if sites is None else sites.silent()
        return (*pulse.silent(), *(name for name, is_so in troubles.items() if is_so), *away)

    return silent
