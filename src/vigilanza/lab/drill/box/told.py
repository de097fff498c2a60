"""Break-ins of which the recorder is told: no picture is looked at."""

import hashlib
import threading
from collections import Counter
from random import Random
from uuid import UUID

from sqlalchemy import Engine, func, select

from vigilanza.domain.events import Event
from vigilanza.lab.drill.box.asks import Happened, Pictured
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.box.promises import Account, account_of_alerts
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.story import break_in
from vigilanza.store.database import reading
from vigilanza.store.schema import decisions, events, feed, media
from vigilanza.store.schema_custody import purged_media

_DECIDED_S = 0.5
"""The decision's time after the first event's: times tell the alerts of an incident apart."""
_PICTURE_BYTES = 20_000
_RECORDED = select(func.count()).select_from(events)


class Told:
    """One break-in after the other, or some at once: its first event, a still, the decision, the other events."""

    def __init__(self, box: Box, pace: Pace) -> None:
        self._box, self._pace, self._chance = box, pace, Random(box.chance.random())
        self._left = list(box.needs.seen)
        self._break_ins = 0

    @property
    def break_ins(self) -> int:
        """See Story."""
        return self._break_ins

    def run(self, mended: threading.Event) -> None:
        """See Story. Where no door is left it ends before that."""
        while self._left and not (mended.is_set() and self._break_ins >= self._pace.least):
            self._some()
        if self._left:
            self._some()

    def waiting(self, engine: Engine) -> int:
        """See Story."""
        with reading(engine) as connection:
            recorded = int(connection.execute(_RECORDED).scalar() or 0)
        return self._box.waiting + max(0, len(self._box.recorded.events) - recorded)

    @property
    def longest_gap(self) -> float:
        """See Story."""
        return self._box.recorded.longest_gap

    def account(self, engine: Engine) -> Account:
        """See Story."""
        told, decided = {one.id for one in self._box.recorded.events}, self._box.decided
        with reading(engine) as connection:
            recorded = set(connection.execute(select(events.c.id)).scalars())
            settled = Counter(connection.execute(select(decisions.c.incident)).scalars())
        journal = Account(
            lost=len(told - recorded) + len(decided - set(settled)),
            invented=len(recorded - told) + (settled - Counter(decided)).total(),
        )
        all_, settled_or_later = _told_of(engine)

        def due(party: Party) -> int:
            return all_ if party.settings()["kind"] == "municipal_vms" else settled_or_later

        return journal + self._pictures(engine) + account_of_alerts(engine, self._box.parties, due)

    def _some(self) -> None:
        doors, self._left = self._left[: self._pace.at_once], self._left[self._pace.at_once :]
        began = float(int(self._box.time.now()))
        stories = [
            break_in(number, began, camera=camera, door=door)
            for number, (camera, door) in enumerate(doors, start=self._break_ins)
        ]
        self._break_ins += len(stories)
        for step, at_once in enumerate(zip(*stories, strict=True)):
            for event in at_once:
                self._box.recorded.tell(Happened(event))
                if step == 0:
                    self._follow(event)
            self._box.clock.wait(self._chance.uniform(0.0, self._pace.pause), threading.Event())

    def _follow(self, first: Event) -> None:
        content = self._chance.randbytes(_PICTURE_BYTES)
        self._box.recorded.tell(Pictured(first.incident, first.at, content))
        self._box.decide(first.incident, first.at + _DECIDED_S)

    def _pictures(self, engine: Engine) -> Account:
        """Each is there as it was, or was taken away on purpose."""
        with reading(engine) as connection:
            named = set(connection.execute(select(media.c.sha256)).scalars())
            gone = set(connection.execute(select(purged_media.c.sha256)).scalars())
        account = Account()
        for one in self._box.recorded.asked.values():
            if isinstance(one, Pictured) and (name := hashlib.sha256(one.content).hexdigest()) not in gone:
                path = self._box.folder / "box" / "media" / name[:2] / f"{name}.jpg"
                is_there = name in named and path.is_file()
                spoilt = is_there and path.read_bytes() != one.content
                account += Account(lost=not is_there, spoilt=spoilt)
        return account


def _told_of(engine: Engine) -> tuple[int, int]:
    """So many events and decisions a municipal system hears of, and a control room: of a decision and what follows."""
    with reading(engine) as connection:
        rows = list(connection.execute(select(feed.c.incident, feed.c.decision).order_by(feed.c.position)))
    settled, later = set[UUID](), 0
    for row in rows:
        if row.decision is not None:
            settled.add(row.incident)
        later += row.incident in settled
    return len(rows), later
