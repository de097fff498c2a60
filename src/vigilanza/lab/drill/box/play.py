"""One seed of one kind of fault, from an empty box to the judgement."""

import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

from sqlalchemy import Engine, func, select

from vigilanza.clock import Clock
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.opened import Opened
from vigilanza.lab.drill.box.opening import open_box
from vigilanza.lab.drill.box.outcome import Outcome
from vigilanza.lab.drill.box.page import Enrol, enrol
from vigilanza.lab.drill.box.process import Work
from vigilanza.lab.drill.box.story import Story
from vigilanza.lab.drill.box.told import Told
from vigilanza.lab.drill.bridge import wait_until_none
from vigilanza.lab.drill.kind import Kind
from vigilanza.store.database import open_database, reading
from vigilanza.store.schema_bridge import deliveries

ENOUGH_S = 120.0
"""Twice as long as a line that was down waits, at most, until it is tried again."""
LOST_S = 30.0
"""What a kind may lose is waited for no longer."""
_UNPAID = select(func.count()).where(deliveries.c.state != DeliveryState.ACKNOWLEDGED.value)


def play(
    name: str,
    kind: Kind,
    works: Mapping[str, Work],
    *,
    seed: int,
    clock: Clock,
    enough: float = ENOUGH_S,
    enrol: Enrol = enrol,
) -> Outcome:
    """`works`: the parts of a box, by name; `enough`: after so many seconds in which nothing more arrived it is judged;
    `enrol`: see open_box.

    DiskError, FileNotFoundError if this machine lacks what it needs.
    """
    began, chance = clock.monotonic(), Random(f"{name}/{seed}")
    with (
        tempfile.TemporaryDirectory(prefix="vigilanza-drill-") as folder,
        open_box(kind.needs, works, Path(folder), chance=chance, clock=clock, enrol=enrol) as box,
    ):
        story: Story = Told(box, kind.pace) if box.landing is None else Opened(box, box.landing, kind.pace)
        recovery = _break_and_mend(box, kind, story, min(enough, LOST_S) if kind.may_lose else enough)
        outcome = _judge(box, kind, story, recovery, began)
        return outcome if outcome.good else replace(outcome, remains=_keep(box, name, seed))


def _keep(box: Box, name: str, seed: int) -> str:
    """What is left of a box that broke a promise, for whoever wants to know why; where."""
    box.stop()
    place = tempfile.mkdtemp(prefix=f"vigilanza-drill-{name}-{seed}-")
    shutil.copytree(
        box.folder / "box", place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lost+found", "*.socket")
    )
    for log in box.folder.glob("*.log"):
        shutil.copy(log, place)
    return place


def _break_and_mend(box: Box, kind: Kind, story: Story, enough: float) -> float:
    """While the story is told; seconds from the mend until all was there."""
    clock, mended, over = box.clock, threading.Event(), threading.Event()
    with ThreadPoolExecutor() as threads:
        telling = threads.submit(story.run, mended)
        others = [threads.submit(one, over) for one in box.runs]
        try:
            kind.play(box)
            mended_at = clock.monotonic()
            mended.set()
            telling.result()
            _settle(box, story, enough)
            recovery = clock.monotonic() - mended_at
        finally:
            mended.set()
            over.set()
        for one in others:
            one.result()
    return recovery


def _settle(box: Box, story: Story, enough: float) -> None:
    """Until all that happened is recorded, and all that is owed is paid; or nothing more comes."""
    engine = open_database(box.database.url)
    try:
        wait_until_none(lambda: _missing(story, engine), box.clock, enough=enough)
    finally:
        engine.dispose()


def _missing(story: Story, engine: Engine) -> int | None:
    try:
        with reading(engine) as connection:
            unpaid = int(connection.execute(_UNPAID).scalar() or 0)
        return unpaid + story.waiting(engine)
    except JournalUnavailable:
        return None


def _judge(box: Box, kind: Kind, story: Story, recovery: float, began: float) -> Outcome:
    gap = story.longest_gap
    engine = open_database(box.database.url)
    try:
        account = story.account(engine)
    finally:
        engine.dispose()
    return Outcome(
        faults=dict(box.faults),
        break_ins=story.break_ins,
        account=account.settled(may_lose=kind.may_lose),
        untold=kind.told is not None and re.search(kind.told, box.logs) is None,
        late=kind.within_s is not None and gap > kind.within_s,
        may_lose=kind.may_lose,
        ended=sum(part.ended for part in box.parts.values()),
        gap_s=gap,
        recovery_s=recovery,
        seconds=box.clock.monotonic() - began,
    )
