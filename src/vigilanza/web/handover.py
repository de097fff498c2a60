"""/api/handover: what one shift tells the next, and what is open."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.aftermath import is_social_task_open
from vigilanza.domain.callscript import spoken_number
from vigilanza.domain.handover import LONGEST, MOST_ABOUT, HandoverNote
from vigilanza.domain.role import Permission
from vigilanza.store.aftermath import Unfinished
from vigilanza.store.queries import IncidentView
from vigilanza.web.auth import Operator
from vigilanza.web.holds import present_hold
from vigilanza.web.permit import needs
from vigilanza.web.present import in_order, incident_brief, is_waiting, work_order
from vigilanza.web.site import Site
from vigilanza.web.stores import Stores

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
LIMIT = 200
"""At most so many of each kind are listed at once."""
EARLIER = 10
"""So many of those that were taken over can be read again."""
_OF_AN_INCIDENT = ("id", "camera", "door", "kind", "severity", "opened_at")


class NewNote(BaseModel):
    """For the next shift, in plain lines."""

    model_config = ConfigDict(extra="forbid")
    text: Text
    about: Annotated[list[UUID], Field(max_length=MOST_ABOUT, description="Incidents that it concerns.")] = []


class HandoverRoutes:
    """Every act is audited by the store in the transaction that does it; the notes are read again at each change."""

    def __init__(self, *, stores: Stores, site: Site, clock: Clock) -> None:
        self._stores, self._clock, self._flagrante = stores, clock, site.flagrante_seconds

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/handover", tags=["handover"], dependencies=[needs(Permission.HAND_OVER)])
        router.get("")(self.notes)
        router.post("")(self.write)
        router.get("/open")(self.open)
        router.post("/{note_id}/take")(self.take)
        return router

    def notes(self, _: Operator) -> dict[str, Any]:
        """What nobody took over yet, oldest first, and the latest that somebody did, newest first. Not audited.

        Of those that wait, the latest `limit`.
        """
        handovers = self._stores.handovers
        return {
            "limit": LIMIT,
            "waiting": [present_note(note) for note in handovers.waiting(LIMIT)],
            "taken": [present_note(note) for note in handovers.taken(EARLIER)],
        }

    def write(self, body: NewNote, operator: Operator) -> dict[str, Any]:
        """Leave a note for the next shift. Audited."""
        return present_note(self._stores.handovers.write(body.text, by=operator, about=body.about))

    def take(self, note_id: UUID, operator: Operator) -> dict[str, Any]:
        """Take over, by name; not what one wrote oneself. Audited."""
        return present_note(self._stores.handovers.take(note_id, by=operator))

    def open(self, _: Operator) -> dict[str, Any]:
        """What the next shift finds: to be decided, confirmed and not closed, to be telephoned, visits. Not audited.

        Of the first two, and of `holds` that lapse without a second person, at most `limit` each.
        """
        stores = self._stores
        undecided = in_order([view for view in stores.queries.incidents(LIMIT) if is_waiting(view)])
        return {
            "limit": LIMIT,
            "undecided": [self._in_short(view) for view in undecided],
            "unfinished": [_unfinished(one) for one in stores.aftermath.unfinished(LIMIT)],
            "tasks": [
                {"incident": str(task.incident), "destination": task.destination, "at": task.at}
                for task in stores.tasks.open()
            ],
            "holds": [present_hold(hold) | {"incident": str(hold.incident)} for hold in stores.holds.waiting(LIMIT)],
            "orders": [work_order(order) for order in stores.orders.running(self._clock.now())],
        }

    def _in_short(self, view: IncidentView) -> dict[str, Any]:
        brief = incident_brief(view, flagrante=self._flagrante)
        return {name: brief[name] for name in _OF_AN_INCIDENT}


def present_note(note: HandoverNote) -> dict[str, Any]:
    """One note; `number` is how an incident's id is read aloud."""
    return {
        "id": str(note.id),
        "text": note.text,
        "by": note.by,
        "at": note.at,
        "taken_by": note.taken_by,
        "taken_at": note.taken_at,
        "about": [{"id": str(incident), "number": spoken_number(incident)} for incident in note.about],
    }


def _unfinished(one: Unfinished) -> dict[str, Any]:
    return {
        "id": str(one.incident),
        "camera": one.camera,
        "door": one.door,
        "opened_at": one.opened_at,
        "last_step": one.steps[-1].value if one.steps else None,
        "social_task_open": is_social_task_open(one.steps),
    }
