"""/api/plans: the pictures of floor plans, and what is drawn on them."""

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import APIRouter
from starlette.responses import Response

from vigilanza.domain.errors import PlanUnusable, UnknownRecord
from vigilanza.domain.plan import Picture, Spot, plan_of
from vigilanza.domain.role import Permission
from vigilanza.web.permit import needs
from vigilanza.web.site import SitePlan

log = structlog.get_logger(__name__)
_PICTURES: dict[int | str, Any] = {200: {"content": {"image/png": {}, "image/jpeg": {}}}}


class PlanRoutes:
    """A plan shows no person: looking at it is not audited."""

    def __init__(self, plans: Sequence[SitePlan]) -> None:
        self._plans = plans

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router, may = APIRouter(tags=["incidents"]), [needs(Permission.FOLLOW)]
        router.get("/api/plans/{plan_id}", dependencies=may, response_class=Response, responses=_PICTURES)(self.picture)
        return router

    def picture(self, plan_id: str) -> Response:
        """The picture that a floor plan is drawn on."""
        picture = next((_picture(one) for one in self._plans if one.plan.id == plan_id), None)
        if picture is None:
            raise UnknownRecord("there is no such plan, or its picture cannot be shown")
        return Response(picture.content, media_type=picture.mime_type)


def present_plan(plans: Sequence[SitePlan], *, camera: str, door: str | None) -> dict[str, Any] | None:
    """Where an incident is; None where no plan shows it."""
    found = plan_of([one.plan for one in plans], camera=camera, door=door)
    site_plan = next((one for one in plans if one.plan is found), None)
    if found is None or site_plan is None:
        return None
    return {
        "id": found.id,
        "name": found.name,
        "url": f"/api/plans/{found.id}",
        "width": site_plan.width_px,
        "height": site_plan.height_px,
        "cameras": [_spot(spot, lit=spot.id == camera) | {"direction": spot.direction} for spot in found.cameras],
        "doors": [_spot(spot, lit=spot.id == door) for spot in found.doors],
    }


def _spot(spot: Spot, *, lit: bool) -> dict[str, Any]:
    return {"id": spot.id, "x": spot.x, "y": spot.y, "here": lit}


def _picture(one: SitePlan) -> Picture | None:
    try:
        return one.picture()
    except PlanUnusable as error:
        log.warning("a floor plan is not shown", plan=one.plan.id, why=str(error))
        return None
