"""Where a person at the command line grants, extends and ends work orders."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.door import Role
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.grant import check_door
from vigilanza.domain.moment import read_moment, write_moment
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.workorders import WorkOrderChange, WorkOrders
from vigilanza.web.present import passage


def door_roles(config: Config) -> dict[str, Role]:
    """The site's doors; one that several cameras see is sealed if any of them watches it."""
    doors = [door for camera in config.cameras for door in camera.doors]
    return {door.id: door.role for door in sorted(doors, key=lambda door: door.role is Role.SEALED)}


def told_sites(config: Config) -> tuple[str, ...]:
    """The sites that work orders can be sent to."""
    centre = config.centre
    return () if centre is None or centre.key is None else tuple(site.id for site in centre.sites)


class OrderDesk:
    """Times are ISO 8601, without an offset those of the site. WorkOrderRefused says what cannot be, and why."""

    def __init__(self, *, config: Config, engine: Engine, clock: Clock) -> None:
        self._roles, self._zone = door_roles(config), ZoneInfo(config.site.timezone)
        self._sites = told_sites(config)
        self._orders, self._clock = WorkOrders(engine=engine, clock=clock), clock

    def add(
        self, *, door: str, begin: str, end: str, who: str, reason: str, granted_by: str, order_id: str | None
    ) -> WorkOrder:
        """Grant a visit to a sealed door of the site, or of one of a centre's sites."""
        check_door(door, self._roles, self._sites)
        return self._orders.add(
            door=door,
            starts_at=self._moment("from", begin),
            ends_at=self._moment("to", end),
            who=who,
            reason=reason,
            granted_by=granted_by,
            order_id=order_id,
        )

    def extend(self, order_id: str, *, end: str, by: str) -> dict[str, Any]:
        """The order as told, running longer. UnknownRecord if there is none."""
        return self._tell(self._orders.extend(order_id, until=self._moment("to", end), by=by))

    def end(self, order_id: str, *, by: str) -> dict[str, Any]:
        """The order as told, ended. UnknownRecord if there is none."""
        return self._tell(self._orders.end(order_id, by=by))

    def tell(self, *, past: bool) -> list[dict[str, Any]]:
        """Those that run, those planned, those ended without their site's knowing, and with `past` all that have ended;
        each with all that was done to it.
        """
        now = self._clock.now()
        ended = self._orders.past(now) if past else self._orders.unconfirmed(now)
        return [self._tell(order) for order in [*self._orders.running(now), *self._orders.planned(now), *ended]]

    def _tell(self, order: WorkOrder) -> dict[str, Any]:
        zone = self._zone
        return {
            "id": order.id,
            "state": order.state(self._clock.now()),
            "door": order.door,
            "from": write_moment(order.starts_at, zone),
            "to": write_moment(order.ends_at, zone),
            "who": order.who,
            "reason": order.reason,
            "granted_by": order.granted_by,
            "granted_at": write_moment(order.granted_at, zone),
            "centre": order.centre,
            "site": passage(order),
            "history": [self._tell_change(act) for act in self._orders.history(order.id)],
        }

    def _tell_change(self, act: WorkOrderChange) -> dict[str, str]:
        until = write_moment(act.ends_at, self._zone)
        return {"at": write_moment(act.at, self._zone), "by": act.by, "what": act.what, "to": until}

    def _moment(self, field: str, text: str) -> float:
        try:
            return read_moment(text, self._zone)
        except ValueError as error:
            raise WorkOrderRefused(field, str(error)) from error
