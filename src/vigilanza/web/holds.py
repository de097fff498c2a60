"""/api/incidents/ID/holds and /api/holds: pictures that must stay beyond their term."""

from datetime import tzinfo
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.errors import HoldRefused
from vigilanza.domain.hold import Hold
from vigilanza.domain.moment import read_moment
from vigilanza.domain.role import Permission
from vigilanza.store.holds import Holds
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class NewHold(BaseModel):
    """An order to keep an incident's pictures."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    authority: Annotated[Text, Field(description="Who ordered it.")]
    protocol: Annotated[Text, Field(description="Their number for it.")]
    until: Annotated[
        float | Annotated[str, StringConstraints(max_length=40)],
        Field(description="UTC in Unix seconds, or ISO 8601 (the site's time without an offset); within 366 days."),
    ]


class HoldRoutes:
    """Every act is audited by the store in the transaction that does it."""

    def __init__(self, holds: Holds, zone: tzinfo) -> None:
        """`zone` is the site's."""
        self._holds, self._zone = holds, zone

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["holds"])
        router.post("/api/incidents/{incident_id}/holds", dependencies=[needs(Permission.PLACE_HOLDS)])(self.place)
        router.post("/api/holds/{hold_id}/confirm", dependencies=[needs(Permission.PLACE_HOLDS)])(self.confirm)
        router.post("/api/holds/{hold_id}/release", dependencies=[needs(Permission.RELEASE_HOLDS)])(self.release)
        return router

    def place(self, incident_id: UUID, body: NewHold, operator: Operator) -> dict[str, Any]:
        """Keep an incident's pictures, those still to come included. Audited.

        One person alone keeps them for seven days: for longer a second one confirms it (`lapses_at`).
        """
        until = body.until if isinstance(body.until, float) else self._moment(body.until)
        placed = self._holds.place(
            incident_id, authority=body.authority, protocol=body.protocol, until=until, by=operator
        )
        return present_hold(placed)

    def confirm(self, hold_id: UUID, operator: Operator) -> dict[str, Any]:
        """As a second person, so that it does not lapse. Audited."""
        return present_hold(self._holds.confirm(hold_id, by=operator))

    def release(self, hold_id: UUID, operator: Operator) -> dict[str, Any]:
        """Ask for a hold's release; a second operator who does so releases it. Audited."""
        return present_hold(self._holds.release(hold_id, by=operator))

    def _moment(self, text: str) -> float:
        try:
            return read_moment(text, self._zone)
        except ValueError as error:
            raise HoldRefused("until", str(error)) from error


def present_hold(hold: Hold) -> dict[str, Any]:
    """As the API tells it."""
    return {
        "id": str(hold.id),
        "authority": hold.authority,
        "protocol": hold.protocol,
        "until": hold.until,
        "placed_by": hold.placed_by,
        "placed_at": hold.placed_at,
        "release_asked_by": hold.release_asked_by,
        "released_by": hold.released_by,
        "released_at": hold.released_at,
        "lapses_at": hold.lapses_at if hold.waits else None,
        "confirmed_by": hold.confirmed_by,
        "confirmed_at": hold.confirmed_at,
    }
