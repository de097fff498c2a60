"""What was done about confirmed incidents: who noted which step when."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, exists, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.aftermath import Step, StepTaken, check_step
from vigilanza.domain.errors import StepRefused, StepStale, UnknownRecord
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.journal import Journal, confirmed_avs
from vigilanza.store.schema import decisions, incidents
from vigilanza.store.schema_aftermath import aftermath_steps


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A confirmed incident that nobody has closed; `opened_at` is UTC in Unix seconds."""

    incident: UUID
    camera: str
    door: str | None
    opened_at: float
    steps: tuple[Step, ...]


class Aftermath:
    """A step, its audit record and what it owes are one transaction. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, journal: Journal, clock: Clock) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def take(self, incident: UUID, what: Step, *, note: str | None, by: str, after: UUID | None) -> list[StepTaken]:
        """Note a step; all that were taken, oldest first. `after` is the last one that its author saw.

        UnknownRecord; StepStale if somebody noted one since; StepRefused if it may not follow, or nobody confirmed.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            if connection.execute(select(incidents.c.id).where(incidents.c.id == incident)).first() is None:
                raise UnknownRecord(f"no incident {incident}")
            if confirmed_avs(connection, incident) is None:
                raise StepRefused("incident", "nobody has confirmed it")
            taken = _steps(connection, incident)
            if (taken[-1].id if taken else None) != after:
                raise StepStale("somebody else noted a step meanwhile: look again")
            check_step([step.what for step in taken], what, note)
            new = StepTaken(uuid4(), incident, what, by, now, note)
            values = {name: getattr(new, name) for name in StepTaken.__slots__} | {"what": what.value}
            connection.execute(insert(aftermath_steps).values(values))
            detail = {"step": what.value} | ({} if note is None else {"note": note})
            append_record(
                connection, at=now, who=by, action="incident.followed_up", subject=str(incident), detail=detail
            )
            if what is Step.MINORS_PRESENT:
                self._journal.owe_update(connection, new)
            mark_changed(connection)
        return [*taken, new]

    def of(self, incident: UUID) -> list[StepTaken]:
        """An incident's steps, oldest first."""
        with reading(self._engine) as connection:
            return _steps(connection, incident)

    def unfinished(self, limit: int) -> list[Unfinished]:
        """What stands confirmed and is not closed, confirmed last first."""
        later = decisions.alias()
        stands = ~exists().where(later.c.incident == decisions.c.incident, later.c.position > decisions.c.position)
        closed = exists().where(
            aftermath_steps.c.incident == decisions.c.incident, aftermath_steps.c.what == Step.CLOSED.value
        )
        query = (
            select(incidents.c.id, incidents.c.camera, incidents.c.door, incidents.c.first_at)
            .join(decisions, decisions.c.incident == incidents.c.id)
            .where(decisions.c.avs.is_not(None), stands, ~closed)
            .order_by(decisions.c.position.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query))
            taken = select(aftermath_steps.c.incident, aftermath_steps.c.what).order_by(aftermath_steps.c.position)
            done: defaultdict[UUID, list[Step]] = defaultdict(list)
            for row in connection.execute(taken.where(aftermath_steps.c.incident.in_([row.id for row in rows]))):
                done[row.incident].append(Step(row.what))
        return [Unfinished(row.id, row.camera, row.door, row.first_at, tuple(done[row.id])) for row in rows]


def _steps(connection: Connection, incident: UUID) -> list[StepTaken]:
    mine = select(aftermath_steps).where(aftermath_steps.c.incident == incident).order_by(aftermath_steps.c.position)
    return [
        StepTaken(row.id, row.incident, Step(row.what), row.by, row.at, row.note) for row in connection.execute(mine)
    ]
