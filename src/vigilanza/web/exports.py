"""/api/incidents/ID/evidence, /api/exports and /api/packages: evidence that two persons let go."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.ask import LASTS_SECONDS
from vigilanza.domain.role import Permission
from vigilanza.store.evidence.desk import ExportDesk, Handover
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.problem import Problem

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
LAST_NUMBER = 2**31 - 1


class NewExport(BaseModel):
    """Who shall get an incident's evidence, and why."""

    model_config = ConfigDict(extra="forbid")

    recipient: Annotated[Text, Field(description="For whom.")]
    reason: Annotated[Text, Field(description="The order and its number.")]


class ExportRoutes:
    """Every act is in the audit chain before its answer leaves."""

    def __init__(self, desk: ExportDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["evidence"])
        router.post("/api/incidents/{incident_id}/evidence", dependencies=[needs(Permission.ASK_EVIDENCE)])(self.ask)
        release = [needs(Permission.RELEASE_EVIDENCE)]
        router.post("/api/exports/{export_id}/grant", dependencies=release)(self.grant)
        router.get("/api/packages/{number}/file", response_class=FileResponse, dependencies=release)(self.fetch)
        return router

    def ask(self, incident_id: UUID, body: NewExport, operator: Operator) -> dict[str, Any]:
        """Ask for a package of an incident's evidence; another operator must grant it within 24 hours. Audited."""
        asked = self._desk.ask(incident_id, recipient=body.recipient, reason=body.reason, by=operator)
        return present_handover(asked)

    def grant(self, export_id: UUID, operator: Operator) -> dict[str, Any]:
        """Grant what another operator asked for: the package is sealed now. Audited.

        `held` false: nothing keeps the incident's pictures. `unstamped` says why there is no time stamp, else null.
        """
        try:
            sealed = self._desk.grant(export_id, by=operator)
        except OSError as error:
            raise Problem(507, "disk", f"the package cannot be written: {error.strerror}") from error
        granted = next(one for one in self._desk.of(sealed.package.incident) if one.export.id == export_id)
        return present_handover(granted) | {
            "held": sealed.is_held,
            "pictures_gone": sealed.gone,
            "unstamped": sealed.unstamped,
        }

    def fetch(self, number: Annotated[int, Path(ge=1, le=LAST_NUMBER)], operator: Operator) -> FileResponse:
        """A sealed package, for a day after the sealing and while its pictures are kept. Audited."""
        path = self._desk.fetch(number, by=operator)
        return FileResponse(path, media_type="application/zip", filename=path.name)


def present_handover(handover: Handover) -> dict[str, Any]:
    """As the API tells it."""
    export, package = handover.export, handover.package
    told = {
        "id": str(export.id),
        "recipient": export.recipient,
        "reason": export.reason,
        "asked_by": export.asked_by,
        "asked_at": export.asked_at,
        "lapses_at": export.asked_at + LASTS_SECONDS,
        "granted_by": export.granted_by,
        "granted_at": export.granted_at,
        "package": None,
    }
    if package is None:
        return told
    url = f"/api/packages/{package.number}/file" if handover.is_there else None
    sealed = {"number": package.number, "file": package.file, "sha256": package.sha256, "url": url}
    return told | {"package": sealed | {"size_bytes": package.size_bytes}}
