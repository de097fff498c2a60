"""The site as the page shows it, from the configuration."""

from collections.abc import Iterator
from functools import partial

import structlog

from vigilanza.app.blindtest import blind_test
from vigilanza.app.orderdesk import door_roles, told_sites
from vigilanza.app.premises import premises
from vigilanza.config import Config
from vigilanza.domain.callee import Callee
from vigilanza.domain.delivery import DestinationKind
from vigilanza.domain.errors import PlanUnusable
from vigilanza.store.planfile import read_plan
from vigilanza.web.site import Site, SitePlan

log = structlog.get_logger(__name__)


def site_of(config: Config) -> Site:
    """Plans whose picture cannot be shown are left out, and logged; so is a measure that cannot be read."""
    return Site(
        name=config.site.name,
        timezone=config.site.timezone,
        doors=door_roles(config),
        told=told_sites(config),
        stairs={unit.id: unit.stair for unit in config.units if unit.stair is not None},
        retention_hours=config.storage.retention_hours,
        flagrante_seconds=config.site.flagrante_seconds,
        cameras=[camera.id for camera in config.cameras],
        destinations=[*(endpoint.destination for endpoint in config.destinations), *config.owed],
        paths={endpoint.destination.id: endpoint.paths for endpoint in config.destinations},
        callees=[*_destinations(config), *config.phone_book],
        premises=premises(config),
        plans=list(_plans(config)),
        blind_test=blind_test(config.web.evaluation, config.detection),
        leaves={camera.id: {door.id: door.leaf for door in camera.doors} for camera in config.cameras},
    )


def _destinations(config: Config) -> Iterator[Callee]:
    for endpoint in config.destinations:
        target = endpoint.destination
        if endpoint.telephone is not None:
            sends = target.kind is DestinationKind.CONTROL_ROOM
            yield Callee(target.id, target.id, endpoint.telephone, sends=sends, destination=True)


def _plans(config: Config) -> Iterator[SitePlan]:
    for drawn in config.plans:
        try:
            picture = read_plan(drawn.file)
        except PlanUnusable as error:
            log.warning("a floor plan is not shown", plan=drawn.plan.id, file=str(drawn.file), why=str(error))
            continue
        yield SitePlan(drawn.plan, picture.width_px, picture.height_px, partial(read_plan, drawn.file))
