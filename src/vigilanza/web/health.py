"""/healthz for supervisors and for the page, /metrics for Prometheus."""

from collections.abc import Callable, Sequence
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field

from vigilanza.domain.role import Permission
from vigilanza.store.queries import Queries
from vigilanza.web.live import LiveRoutes
from vigilanza.web.permit import needs_elsewhere
from vigilanza.web.viewings import Viewings
from vigilanza.web.wall import WallRoutes


class Health(BaseModel):
    """Of the whole box: `degraded` while a part is silent."""

    status: Literal["ok", "degraded"]
    silent: list[str] = Field(
        description="Parts that have given no sign of life for a minute, e.g. watch-2; "
        "deletion: media lie beyond their term; room: the disk of the media is full within hours."
    )


class HealthRoutes:
    """Figures only, no names. Metrics are for this machine and for those who may read them."""

    def __init__(
        self,
        *,
        queries: Queries,
        registry: CollectorRegistry,
        silent: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`silent` names the parts that give no sign of life."""
        self._queries, self._registry, self._silent = queries, registry, silent

    def count(self, *, live: LiveRoutes, wall: WallRoutes, viewings: Viewings) -> None:
        """Add the web's own figures to the registry."""
        gauges = {
            "vigilanza_web_streams": ("pages that listen", lambda: live.open_streams),
            "vigilanza_web_streams_refused": ("pages turned away because too many listened", lambda: live.refused),
            "vigilanza_web_live_lines": ("live pictures on pages", lambda: wall.lines),
            "vigilanza_web_live_refused": ("live pictures refused because there were too many", lambda: wall.refused),
            "vigilanza_web_viewings_forgotten": ("viewings no longer remembered", lambda: viewings.forgotten),
        }
        for name, (meaning, read) in gauges.items():
            Gauge(name, meaning, registry=self._registry).set_function(read)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(tags=["health"])
        router.get("/healthz")(self.health)
        metrics = [needs_elsewhere(Permission.READ_METRICS)]
        router.get("/metrics", response_class=PlainTextResponse, dependencies=metrics)(self.metrics)
        return router

    def health(self) -> Health:
        """200 while the journal answers, 503 while it does not: starting the page again mends no other part."""
        self._queries.marker()
        silent = list(self._silent())
        return Health(status="degraded" if silent else "ok", silent=silent)

    def metrics(self) -> PlainTextResponse:
        """The registry in Prometheus' text format."""
        return PlainTextResponse(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
