"""Rows of what was done after a confirmation, inside the caller's transaction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from vigilanza.domain.aftermath import Step, StepTaken
from vigilanza.domain.call import Call
from vigilanza.store.schema_aftermath import aftermath_steps, telephone_calls


def steps_of(connection: Connection, incident: UUID) -> list[StepTaken]:
    """An incident's steps, oldest first."""
    return steps_of_all(connection, [incident]).get(incident, [])


def steps_of_all(connection: Connection, incidents: Iterable[UUID]) -> dict[UUID, list[StepTaken]]:
    """The steps of those that have any, oldest first."""
    called = telephone_calls.c
    told = (called.whom, called.number, called.at.label("called_at"), called.spoke_with, called.said)
    joined = aftermath_steps.outerjoin(telephone_calls, called.step == aftermath_steps.c.id)
    theirs = select(aftermath_steps, *told).select_from(joined).order_by(aftermath_steps.c.position)
    found: dict[UUID, list[StepTaken]] = {}
    for row in connection.execute(theirs.where(aftermath_steps.c.incident.in_(list(incidents)))):
        found.setdefault(row.incident, []).append(_step(row))
    return found


def add_step(connection: Connection, step: StepTaken) -> None:
    """The step, and the call by which it was taken."""
    names = ("id", "incident", "by", "at", "note")
    values = {name: getattr(step, name) for name in names} | {"what": step.what.value}
    connection.execute(insert(aftermath_steps).values(values))
    if step.call is not None:
        told = {name: getattr(step.call, name) for name in Call.__slots__}
        connection.execute(insert(telephone_calls).values(told | {"step": step.id}))


def _step(row: Row[Any]) -> StepTaken:
    call = None
    if row.whom is not None:
        call = Call(row.whom, row.number, row.called_at, row.spoke_with, row.said)
    return StepTaken(row.id, row.incident, Step(row.what), row.by, row.at, row.note, call)
