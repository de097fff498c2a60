"""What was done about confirmed incidents: who noted which step, or made which call, when."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, exists, or_, select

from vigilanza.clock import Clock
from vigilanza.domain.aftermath import MARKS, SENT, Step, StepTaken, called_step, check_step
from vigilanza.domain.call import Call, check_call
from vigilanza.domain.decision import SETTLING_AVS
from vigilanza.domain.errors import StepRefused, StepStale, UnknownRecord
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.journal import Journal
from vigilanza.store.schema import decisions, incidents
from vigilanza.store.schema_aftermath import aftermath_steps
from vigilanza.store.steps import add_step, steps_of, steps_of_all
from vigilanza.store.summary import confirmed_avs
from vigilanza.store.tasks import end_by_call


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A confirmed incident that nobody has closed; `opened_at` is UTC in Unix seconds."""

    incident: UUID
    camera: str
    door: str | None
    opened_at: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a confirmed incident: its score, when it began, and the steps taken so far, oldest first."""

    avs: int
    first_at: float
    taken: list[StepTaken]

    @property
    def done(self) -> list[Step]:
        """What the steps are."""
        return [step.what for step in self.taken]


class Aftermath:
    """A step, its audit record and what it owes are one transaction. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, journal: Journal, clock: Clock) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def take(self, incident: UUID, what: Step, *, note: str | None, by: str, after: UUID | None) -> Standing:
        """Note a step; how the incident stands then. `after` is the last one that its author saw.

        UnknownRecord; StepStale if somebody noted one since; StepRefused if it may not follow, or nobody confirmed.
        """
        with writing(self._engine) as connection:
            standing = _standing(connection, incident, after)
            check_step(standing.done, what, note, standing.avs)
            new = StepTaken(uuid4(), incident, what, by, self._clock.now(), note)
            _keep(connection, new, {} if note is None else {"note": note})
            if what is Step.MINORS_PRESENT:
                self._journal.owe_update(connection, new)
        return replace(standing, taken=[*standing.taken, new])

    def telephone(
        self, incident: UUID, call: Call, *, sends: bool, destination: str | None, by: str, after: UUID | None
    ) -> Standing:
        """Note a call as a step; as `take`. `sends`: it went to one who sends a patrol; CallRefused.

        What a person was to telephone the `destination` for is thereby done.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            standing = _standing(connection, incident, after)
            check_call(call, first_at=standing.first_at, now=now)
            what = called_step(standing.done, standing.avs, sends=sends)
            new = StepTaken(uuid4(), incident, what, by, now, None, call)
            told = {name: getattr(call, name) for name in Call.__slots__}
            _keep(connection, new, {"call": {name: value for name, value in told.items() if value is not None}})
            if destination is not None:
                end_by_call(connection, incident, destination, by=by, note=f"{call.spoke_with}: {call.said}", now=now)
        return replace(standing, taken=[*standing.taken, new])

    def of(self, incident: UUID) -> list[StepTaken]:
        """An incident's steps, oldest first."""
        with reading(self._engine) as connection:
            return steps_of(connection, incident)

    def unfinished(self, limit: int) -> list[Unfinished]:
        """What stands confirmed and is not closed, confirmed last first."""
        later = decisions.alias()
        stands = ~exists().where(later.c.incident == decisions.c.incident, later.c.position > decisions.c.position)
        query = (
            select(incidents.c.id, incidents.c.camera, incidents.c.door, incidents.c.first_at)
            .join(decisions, decisions.c.incident == incidents.c.id)
            .where(decisions.c.avs.is_not(None), stands, ~_is_closed())
            .order_by(decisions.c.position.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query))
            done = steps_of_all(connection, [row.id for row in rows])
        return [
            Unfinished(row.id, row.camera, row.door, row.first_at, tuple(step.what for step in done.get(row.id, ())))
            for row in rows
        ]


def _standing(connection: Connection, incident: UUID, after: UUID | None) -> Standing:
    first_at = connection.execute(select(incidents.c.first_at).where(incidents.c.id == incident)).scalar()
    if first_at is None:
        raise UnknownRecord(f"no incident {incident}")
    avs = confirmed_avs(connection, incident)
    if avs is None:
        raise StepRefused("incident", "nobody has confirmed it")
    taken = steps_of(connection, incident)
    if (taken[-1].id if taken else None) != after:
        raise StepStale("somebody else noted a step meanwhile: look again")
    return Standing(avs, first_at, taken)


def _keep(connection: Connection, step: StepTaken, more: dict[str, Any]) -> None:
    add_step(connection, step)
    detail = {"step": step.what.value} | more
    append_record(
        connection, at=step.at, who=step.by, action="incident.followed_up", subject=str(step.incident), detail=detail
    )
    mark_changed(connection)


def _is_closed() -> ColumnElement[bool]:
    """Of a confirmation in `decisions`, as the domain reads the steps: see `next_steps`."""
    closing, later, sent = (aftermath_steps.alias() for _ in range(3))
    marks = [mark.value for mark in MARKS]
    newer = exists().where(
        later.c.incident == closing.c.incident, later.c.position > closing.c.position, later.c.what.not_in(marks)
    )
    closed = exists().where(closing.c.incident == decisions.c.incident, closing.c.what == Step.CLOSED.value, ~newer)
    was_sent = exists().where(sent.c.incident == decisions.c.incident, sent.c.what.in_([step.value for step in SENT]))
    return closed & or_(decisions.c.avs < SETTLING_AVS, was_sent)
