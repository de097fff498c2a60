"""/api/incidents/ID/calls: whom to telephone about a confirmed incident, what to read aloud, and what was said."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.call import LONGEST_NAME, LONGEST_SAID, Call
from vigilanza.domain.callscript import Told, call_script
from vigilanza.domain.events import EventKind
from vigilanza.domain.flagrance import flagrante_until
from vigilanza.domain.role import Permission
from vigilanza.domain.sentence import by_the_clock, most_telling, sentences
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.queries import IncidentView
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain
from vigilanza.web.site import Site
from vigilanza.web.steps import present_steps
from vigilanza.web.wanted import Moment, asked_moment

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME), Plain]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SAID), Plain]
NO_CALLS: dict[str, Any] = {"callees": [], "script": None}


class NewCall(BaseModel):
    """A call that was made."""

    model_config = ConfigDict(extra="forbid")

    whom: Annotated[Name, Field(description="The id of one of the incident's `callees`, or who else was called.")]
    spoke_with: Annotated[Name, Field(description="Who answered.")]
    said: Annotated[Said, Field(description="What they said, in one line.")]
    at: Annotated[
        Moment | None,
        Field(description="When: ISO 8601, without an offset the site's; now if left out."),
    ] = None
    after: Annotated[
        UUID | None, Field(description="The id of the last step that was seen; 409 if there is a newer one.")
    ] = None


class CallRoutes:
    """A call is audited by the store in the transaction that records it."""

    def __init__(self, *, aftermath: Aftermath, site: Site, clock: Clock) -> None:
        self._aftermath, self._site, self._clock = aftermath, site, clock
        self._zone = ZoneInfo(site.timezone)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["incidents"])
        router.post("/api/incidents/{incident_id}/calls", dependencies=[needs(Permission.FOLLOW_UP)])(self.note)
        return router

    def note(self, incident_id: UUID, body: NewCall, operator: Operator) -> dict[str, Any]:
        """Note a telephone call about a confirmed incident, as one of its steps. Audited.

        The first call to one that sends a patrol counts as `dispatched_by_phone`, any other as `telephoned`. What the
        destination was to be telephoned for is thereby done.
        """
        callee = next((one for one in self._site.callees if one.id == body.whom), None)
        at = self._clock.now() if body.at is None else asked_moment(body.at, self._zone, "at")
        whom, number = (body.whom, None) if callee is None else (callee.name, callee.telephone)
        standing = self._aftermath.telephone(
            incident_id,
            Call(whom, number, at, body.spoke_with, body.said),
            sends=callee is not None and callee.sends,
            destination=callee.id if callee is not None and callee.destination else None,
            by=operator,
            after=body.after,
        )
        return present_steps(standing.taken, avs=standing.avs)


def present_calls(view: IncidentView, site: Site) -> dict[str, Any]:
    """Whom to telephone, and what to read aloud; nothing unless the incident is confirmed."""
    decision, telling = view.decision, most_telling(view.events)
    if decision is None or decision.avs is None or telling is None:
        return NO_CALLS
    entry = min((event.at for event in view.events if event.kind is EventKind.ENTRY), default=None)
    seen = sentences(telling, by_the_clock(ZoneInfo(site.timezone)))
    told = Told(
        view.id,
        view.door,
        view.camera,
        seen,
        first_at=view.first_at,
        until=flagrante_until(first_at=view.first_at, first_entry_at=entry, lasts=site.flagrante_seconds),
        avs=decision.avs,
    )
    return {
        "callees": [
            {"id": one.id, "name": one.name, "telephone": one.telephone, "sends_patrol": one.sends}
            for one in site.callees
        ],
        "script": call_script(site.place, told),
    }
