"""/api/setup/cameras/ID/sight: what the detector sees of a camera, for who sets it up."""

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Path

from vigilanza.domain.errors import NoPictures
from vigilanza.domain.role import Permission
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.viewings import Viewings

CameraId = Annotated[str, Path(max_length=64)]


class Sights(Protocol):
    """What each camera's detector sees. Any thread asks."""

    def of(self, camera: str) -> Mapping[str, Any]:
        """Ready to be told. NoPictures, also if there is no such camera or nobody watches it."""
        ...


class NoSights:
    """See Sights: nobody watches."""

    def of(self, camera: str) -> Mapping[str, Any]:
        """See Sights."""
        raise NoPictures(f"there is no camera {camera}")


class SightRoutes:
    """Who looks is in the audit chain before."""

    def __init__(self, *, sights: Sights, viewings: Viewings) -> None:
        self._sights, self._viewings = sights, viewings

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/setup/cameras", tags=["setup"], dependencies=[needs(Permission.SET_UP_CAMERAS)])
        router.get("/{camera_id}/sight")(self.sight)
        return router

    def sight(self, camera_id: CameraId, operator: Operator) -> Mapping[str, Any]:
        """Light, view, outlines of people, and of each sealed door how its leaf is and what is done at it. Audited."""
        seen = self._sights.of(camera_id)
        self._viewings.write(operator, "setup.viewed", camera_id)
        return seen
