"""/api/deliveries: what a person does about an alert that was refused."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.role import Permission
from vigilanza.store.outbox import Outbox
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain
from vigilanza.web.problem import Problem

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), Plain]


class Reason(BaseModel):
    """Why it is tried again, or why the debt ends without a receipt."""

    model_config = ConfigDict(extra="forbid")
    why: Why


class DeliveryRoutes:
    """Both acts are audited by the outbox in the transaction that does them."""

    def __init__(self, *, outbox: Outbox, clock: Clock) -> None:
        self._outbox, self._clock = outbox, clock

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/deliveries", tags=["deliveries"])
        router.post("/{alert_id}/requeue", dependencies=[needs(Permission.REQUEUE)])(self.requeue)
        router.post("/{alert_id}/write-off", dependencies=[needs(Permission.WRITE_OFF)])(self.write_off)
        return router

    def requeue(self, alert_id: UUID, body: Reason, operator: Operator) -> dict[str, str]:
        """Try again at once, in this operator's name."""
        try:
            self._outbox.requeue(alert_id, operator, body.why, self._clock.now())
        except ValueError as error:
            raise Problem(409, "not_possible", str(error)) from error
        return {"alert": str(alert_id), "state": "pending"}

    def write_off(self, alert_id: UUID, body: Reason, operator: Operator) -> dict[str, str]:
        """End the debt in this operator's name."""
        try:
            self._outbox.write_off(alert_id, operator, body.why, self._clock.now())
        except ValueError as error:
            raise Problem(409, "not_possible", str(error)) from error
        return {"alert": str(alert_id), "state": "written_off"}
