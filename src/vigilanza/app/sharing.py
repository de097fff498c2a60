"""Shares the cameras of a site with its other boxes: one thread looks at the leases and sets what is ours to watch."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from vigilanza.app.duties import Duties
from vigilanza.app.leasenote import LeaseNote
from vigilanza.clock import Clock
from vigilanza.cluster.leases import PATIENCE_S, LeaseSight
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.lease import LeaseState, LeaseTable, Stand, decide, duties, given_back, state_of
from vigilanza.domain.silence import Silence

log = structlog.get_logger(__name__)

BEAT_S = 0.4
ALONE_AFTER_S = 5.0
"""No server at the start for so long: this box watches what it last held, or else all it may."""
TURN_LOOKS = 2
"""After so many looks whoever comes first claims what somebody else should have."""
AWAY_LOOKS = 3
"""So many looks in a row without an answer: the server is away."""
TRIES = 3
SURE_S = 2 * PATIENCE_S + BEAT_S
"""Within this time a look ends, well or not: if none did, this process stood still."""
HEIR_S, AGAIN_S = 30.0, 60.0
"""An heir that has not taken a camera over after HEIR_S is offered none of ours for AGAIN_S."""


class Bucket(Protocol):
    """See LeaseBucket."""

    namesakes: int

    def look(self) -> LeaseSight: ...

    def write(self, table: LeaseTable) -> LeaseTable | None: ...


class Watch(Protocol):
    """How the cameras that are watched here are. Any thread may ask."""

    def watching(self) -> frozenset[str]: ...

    def seeing(self) -> frozenset[str]: ...

    def blind(self) -> frozenset[str]: ...

    def resting(self) -> frozenset[str]: ...


class Sharing:
    """Of one box, or one process of it. `run` is one thread's, any may read the rest."""

    def __init__(
        self,
        *,
        bucket: Bucket,
        box: str,
        capacity: int,
        cameras: Sequence[str],
        note: LeaseNote,
        clock: Clock,
    ) -> None:
        """`cameras`: all of the site. `note` keeps the table over a restart without a server."""
        self._bucket, self.box, self.capacity, self._cameras = bucket, box, capacity, tuple(cameras)
        self._note, self._last, self._clock = note, note.last(), clock
        self._silence = Silence()
        self._began = self._looked_at = clock.monotonic()
        self._offered: dict[str, float] = {}
        self._refused: dict[str, float] = {}
        self._unclaimed: dict[str, int] = {}
        self.table = LeaseTable()
        self.alive: frozenset[str] = frozenset()
        self.reachable: bool | None = None
        """None: nobody knows yet."""
        self._failed_in_a_row = self._told_namesakes = 0
        self.claimed = self.inherited = self.lost = self.given = self.failed_looks = 0

    def is_sure(self) -> bool:
        """Whether what is known of the leases is of this moment, or no server is there to ask."""
        return self._clock.monotonic() - self._looked_at <= SURE_S

    def run(self, stop: threading.Event, watch: Watch, mine: Duties) -> None:
        """Until `stop` is set; then nothing is held any more."""
        while not stop.is_set():
            began = self._clock.monotonic()
            self._try_once(watch, mine)
            self._clock.wait(max(0.0, BEAT_S - (self._clock.monotonic() - began)), stop)
        self._release()

    def look(self, watch: Watch, mine: Duties) -> None:
        """Once. ClusterUnavailable."""
        sight = self._bucket.look()
        self._note_reachable()
        self._silence.note(sight.beats)
        stand = replace(self._stand(watch), overdue=self._overdue(sight.table))
        self._take(self._settled(sight.table, stand), stand, mine)
        self._tell_namesakes()

    def _settled(self, table: LeaseTable, stand: Stand) -> LeaseTable:
        """With what this box makes of it, unless others write all the time: then at the next look."""
        for _ in range(TRIES):
            wanted = decide(table, stand)
            written = table if wanted == table else self._bucket.write(wanted)
            if written is not None:
                return written
            sight = self._bucket.look()
            self._silence.meet(sight.beats)
            table, stand = sight.table, replace(stand, alive=self._silence.alive() | {self.box})
        return table

    def _overdue(self, table: LeaseTable) -> frozenset[str]:
        alive, names = self._silence.alive() | {self.box}, self._cameras
        states = {name: state_of(name, table, box=self.box, alive=alive) for name in names}
        nobodys = [name for name, state in states.items() if state is LeaseState.NOBODY]
        self._unclaimed = {name: self._unclaimed.get(name, 0) + 1 for name in nobodys}
        return frozenset(name for name, looks in self._unclaimed.items() if looks > TURN_LOOKS)

    def states(self) -> Mapping[str, LeaseState]:
        """How each camera of the site stands, as of the last look."""
        table, alive = self.table, self.alive
        return {name: state_of(name, table, box=self.box, alive=alive) for name in self._cameras}

    def _try_once(self, watch: Watch, mine: Duties) -> None:
        try:
            self.look(watch, mine)
        except ClusterUnavailable as error:
            self._note_away(str(error), watch, mine)
        self._looked_at = self._clock.monotonic()

    def _take(self, table: LeaseTable, stand: Stand, mine: Duties) -> None:
        before, now = self.table, duties(table, stand)
        self._count(before, table, stand)
        changed = (table.leases, table.boxes) != (before.leases, before.boxes)
        self.table, self.alive = table, stand.alive
        mine.set(now)
        if changed:
            self._note.keep(table, reachable=self.reachable is True)

    def _stand(self, watch: Watch) -> Stand:
        now = self._clock.monotonic()
        offered = [name for name, one in self.table.leases.items() if one.holder == self.box and one.heir]
        self._offered = {name: self._offered.get(name, now) for name in offered}
        self._refused |= {name: now for name, since in self._offered.items() if now - since > HEIR_S}
        self._refused = {name: at for name, at in self._refused.items() if now - at < AGAIN_S}
        return Stand(
            box=self.box,
            capacity=self.capacity,
            cameras=self._cameras,
            alive=self._silence.alive() | {self.box},
            watching=watch.watching(),
            seeing=watch.seeing(),
            blind=watch.blind(),
            resting=watch.resting(),
            refused=frozenset(self._refused),
        )

    def _count(self, before: LeaseTable, after: LeaseTable, stand: Stand) -> None:
        had, have = _held(before, self.box), _held(after, self.box)
        for name in sorted(have.keys() - had.keys()):
            former = before.leases.get(name)
            handed = former is not None and former.heir == self.box and former.holder in stand.alive
            self.inherited, self.claimed = self.inherited + handed, self.claimed + (not handed)
            whose = None if former is None else former.holder
            words = "camera taken over" if handed else "camera claimed"
            log.info(words, camera=name, token=have[name], former=whose)
        for name in sorted((had.keys() & stand.watching) - have.keys()):
            holder = after.leases.get(name)
            if holder is not None:
                handed = before.leases[name].heir == holder.holder
                self.given, self.lost = self.given + handed, self.lost + (not handed)
                words = "camera handed over" if handed else "lease lost: another box holds the camera"
                (log.info if handed else log.warning)(words, camera=name, holder=holder.holder, token=holder.token)

    def _note_reachable(self) -> None:
        self._failed_in_a_row = 0
        if self.reachable is False:
            log.info("leases: the server is back")
            self._silence.begin_anew()
            self._note.keep(self.table, reachable=True)
        self.reachable = True

    def _note_away(self, why: str, watch: Watch, mine: Duties) -> None:
        """Nothing changes: a camera goes on being watched until somebody else is known to hold its lease."""
        self.failed_looks += 1
        self._failed_in_a_row += 1
        starts = self.reachable is None
        young = starts and self._clock.monotonic() - self._began < ALONE_AFTER_S
        if young or self._failed_in_a_row < AWAY_LOOKS or self.reachable is False:
            return
        self.reachable = False
        log.error("leases: no server answers; every box goes on with its own cameras", why=why)
        if starts:
            alone = replace(self._stand(watch), alive=frozenset({self.box}))
            self._take(self._last or decide(LeaseTable(), alone), alone, mine)
        self._note.keep(self.table, reachable=False)

    def _tell_namesakes(self) -> None:
        if self._bucket.namesakes != self._told_namesakes:
            self._told_namesakes = self._bucket.namesakes
            log.error("another process lives under the name of this box: give each its own sharing.box", box=self.box)

    def _release(self) -> None:
        """The others need not wait until we are silent."""
        try:
            for _ in range(TRIES):
                if self._bucket.write(given_back(self._bucket.look().table, self.box)) is not None:
                    return
            log.warning("leases not given back: the others find out by themselves")
        except ClusterUnavailable as error:
            log.warning("leases not given back: the others find out by themselves", why=str(error))


def _held(table: LeaseTable, box: str) -> Mapping[str, int]:
    return {name: one.token for name, one in table.leases.items() if one.holder == box}
