"""/api/incidents/ID/pictures: at a centre, the pictures that lie at the incident's site."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.role import Permission
from vigilanza.store.sitepictures import PictureStanding, SitePictures
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.site import Site


class SitePictureRoutes:
    """A wish is audited by the store in the transaction that records it; looking at what came is audited as ever."""

    def __init__(self, pictures: SitePictures, site: Site) -> None:
        self._pictures, self._site = pictures, site

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["incidents"])
        needed = [needs(Permission.SEE_PICTURES)]
        router.post("/api/incidents/{incident_id}/pictures", dependencies=needed)(self.want)
        return router

    def want(self, incident_id: UUID, operator: Operator) -> dict[str, Any]:
        """Fetch what its site has of the incident; what comes is among its media. Audited, here and at the site.

        Nobody waits for it: `at_site` says, as in the incident, how it stands. 404 if it is no incident of a site, or
        of one that is not asked for pictures because the centre has no key.
        """
        standing = self._pictures.standing(incident_id)
        if standing is None or standing.site not in self._site.told:
            raise UnknownRecord(f"no incident {incident_id} of a site that is asked for pictures")
        self._pictures.want(incident_id, by=operator)
        return {"at_site": present_standing(self._pictures.standing(incident_id), self._site)}


def present_standing(standing: PictureStanding | None, site: Site) -> dict[str, Any] | None:
    """Of an incident of another site. `asked`: whether that is possible; `coming`: whether it goes on by itself;
    `missing`: how many are there and not here, null if the site has not said. `why`: a PictureRefusal; of `other` there
    is in `said` what the site said.
    """
    if standing is None:
        return None
    refusal = None if standing.why is None else PictureRefusal.read(standing.why)
    return {
        "site": standing.site,
        "asked": standing.site in site.told,
        "wanted_at": standing.wanted_at,
        "pinned": standing.pinned,
        "coming": standing.is_open,
        "missing": standing.missing,
        "missing_bytes": standing.missing_bytes,
        "away": standing.away,
        "heard_at": standing.heard_at,
        "why": refusal,
        "said": standing.why if refusal is PictureRefusal.OTHER else None,
    }
