"""/api/incidents/ID/steps: what was done after a confirmation."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.aftermath import LONGEST_NOTE, NOTED, Step, StepTaken, is_social_task_open, next_steps
from vigilanza.domain.role import Permission
from vigilanza.store.aftermath import Aftermath
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)]


class NewStep(BaseModel):
    """One of the incident's `next_steps`."""

    model_config = ConfigDict(extra="forbid")

    what: Step
    note: Annotated[
        Note | None, Field(description="One line; needed where somebody was spoken to (with whom) or not sent (why).")
    ] = None
    after: Annotated[
        UUID | None,
        Field(description="The id of the last step that was seen; 409 if there is a newer one."),
    ] = None


class StepRoutes:
    """A step is audited by the store in the transaction that records it."""

    def __init__(self, aftermath: Aftermath) -> None:
        self._aftermath = aftermath

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["incidents"])
        router.post("/api/incidents/{incident_id}/steps", dependencies=[needs(Permission.FOLLOW_UP)])(self.take)
        return router

    def take(self, incident_id: UUID, body: NewStep, operator: Operator) -> dict[str, Any]:
        """Note what was done about a confirmed incident. Audited."""
        standing = self._aftermath.take(incident_id, body.what, note=body.note, by=operator, after=body.after)
        return present_steps(standing.taken, avs=standing.avs)


def present_steps(taken: Sequence[StepTaken], *, avs: int | None) -> dict[str, Any]:
    """Of an incident: its steps, and what may follow; nothing may unless it is confirmed with a score."""
    done = [step.what for step in taken]
    return {
        "steps": [_step(step) for step in taken],
        "next_steps": [
            {"what": step.value, "note_needed": step in NOTED}
            for step in (() if avs is None else next_steps(done, avs))
        ],
        "social_task_open": is_social_task_open(done),
    }


def _step(step: StepTaken) -> dict[str, Any]:
    return {
        "id": str(step.id),
        "what": step.what.value,
        "by": step.by,
        "at": step.at,
        "note": step.note,
        "call": None if step.call is None else asdict(step.call),
    }
