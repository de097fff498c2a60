"""/api/media: clips and stills, by id only, with byte ranges so that a video can seek."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import FileResponse

from vigilanza.domain.role import Permission
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import mime_type
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.viewings import Viewings


class MediaRoutes:
    """The viewing is in the audit chain before the first byte leaves."""

    def __init__(self, *, media: MediaStore, viewings: Viewings) -> None:
        self._media, self._viewings = media, viewings

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/media", tags=["media"])
        router.get("/{media_id}", response_class=FileResponse, dependencies=[needs(Permission.SEE_PICTURES)])(self.one)
        return router

    def one(self, media_id: UUID, operator: Operator) -> FileResponse:
        """The file's bytes, or the part asked for with Range. Audited."""
        path = self._media.path(media_id)
        self._viewings.write(operator, "media.viewed", str(media_id))
        return FileResponse(path, media_type=mime_type(path.suffix), headers={"Content-Disposition": "inline"})
