"""Where the eyes hand in what they saw: recorded for good, with its pictures, under the work orders of the moment."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from vigilanza.app.doorways import Doorways
from vigilanza.app.film import Film
from vigilanza.app.memory import Memory, open_memory, open_retention, open_room, open_withdrawal
from vigilanza.app.openings import Openings
from vigilanza.app.orderbook import AHEAD_S, CAPACITY, SINCE_S, OrderBook
from vigilanza.app.originals import Originals
from vigilanza.app.pinner import Pinner
from vigilanza.app.recordpin import recording_and_pinning
from vigilanza.app.share import Share
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.events import Event
from vigilanza.store.diskroom import DiskRoom
from vigilanza.store.originals import OwedOriginals
from vigilanza.store.recorder import Recorder
from vigilanza.store.retention import Retention
from vigilanza.store.spool import Spool
from vigilanza.store.workorders import WorkOrders

_Run: TypeAlias = Callable[[threading.Event], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one watching process records with; `films` gets the ring of each of its cameras.

    The first share's deletes for all what is beyond its term, and notes which originals are lost.
    """

    memory: Memory
    spool: Spool
    recorder: Recorder
    pinner: Pinner
    book: OrderBook
    films: dict[str, Film]
    openings: Openings
    originals: Originals | None
    doorways: Doorways
    retention: Retention | None
    room: DiskRoom | None
    owed: OwedOriginals | None

    @staticmethod
    def open(config: Config, share: Share, clock: Clock) -> "Desk":
        """ConfigError if the database cannot be used, JournalUnavailable if another process has this share's spool."""
        state = config.storage.state
        state.mkdir(parents=True, exist_ok=True)
        memory = open_memory(config, clock=clock)
        films: dict[str, Film] = {}
        openings = Openings()
        doorways = Doorways(films=films, openings=openings)
        workshop = state / f"clips{share.suffix}"
        holders = config.privacy.originals
        originals = None if holders is None else Originals(media=memory.media, holders=holders)
        pinner = Pinner(
            films=films,
            openings=openings,
            media=memory.media,
            withdrawal=open_withdrawal(memory, clock),
            clips=config.clips,
            clock=clock,
            workshop=workshop,
            originals=originals,
        )
        spool = Spool(state / f"events{share.suffix}.spool")
        recorder = Recorder(record=recording_and_pinning(memory.journal.record, pinner), spool=spool, clock=clock)
        orders = WorkOrders(engine=memory.engine, clock=clock)
        needed = partial(orders.needed, since=SINCE_S, ahead=AHEAD_S, limit=CAPACITY + 1)
        is_first = share.index == 1
        retention, room = (
            (open_retention(config, memory, clock), open_room(config, memory, clock)) if is_first else (None, None)
        )
        owed = OwedOriginals(engine=memory.engine, clock=clock) if is_first else None
        book = OrderBook(needed=needed, clock=clock)
        return Desk(memory, spool, recorder, pinner, book, films, openings, originals, doorways, retention, room, owed)

    def put(self, events: Sequence[Event]) -> None:
        """See Recorder. Clips being made meanwhile know of a door that opens, even while the journal is away."""
        self.openings.note(events)
        self.recorder.put(events)

    @property
    def idle(self) -> bool:
        """Whether all is recorded and has its pictures; any thread may ask."""
        waiting = self.recorder.state
        return not waiting.queued and not waiting.spooled and self.pinner.idle

    @property
    def runs(self) -> tuple[_Run, ...]:
        """The loops that keep it going, a thread each."""
        runs: tuple[_Run, ...] = (self.recorder.run, self.pinner.run, self.book.run)
        return (*runs, *(one.run for one in (self.retention, self.room, self.owed) if one is not None))
