"""/api/deliveries: what people do about an alert that was refused."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.role import Permission
from vigilanza.store.outbox import Outbox
from vigilanza.store.writeoff import WriteOffs
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain
from vigilanza.web.present import present_ask
from vigilanza.web.problem import Problem

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), Plain]


class Reason(BaseModel):
    """Why it is tried again, or why the debt should end without a receipt."""

    model_config = ConfigDict(extra="forbid")
    why: Why


class DeliveryRoutes:
    """Every act is audited by the store in the transaction that does it."""

    def __init__(self, *, outbox: Outbox, write_offs: WriteOffs, clock: Clock) -> None:
        self._outbox, self._write_offs, self._clock = outbox, write_offs, clock

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/deliveries", tags=["deliveries"])
        router.post("/{alert_id}/requeue", dependencies=[needs(Permission.REQUEUE)])(self.requeue)
        router.post("/{alert_id}/write-off", dependencies=[needs(Permission.ASK_WRITE_OFF)])(self.write_off)
        router.post("/{alert_id}/write-off/grant", dependencies=[needs(Permission.WRITE_OFF)])(self.grant)
        return router

    def requeue(self, alert_id: UUID, body: Reason, operator: Operator) -> dict[str, str]:
        """Try again at once, in this operator's name."""
        try:
            self._outbox.requeue(alert_id, operator, body.why, self._clock.now())
        except ValueError as error:
            raise Problem(409, "not_possible", str(error)) from error
        return {"alert": str(alert_id), "state": "pending"}

    def write_off(self, alert_id: UUID, body: Reason, operator: Operator) -> dict[str, Any]:
        """Ask that the debt ends without a receipt; another operator must grant it within 24 hours."""
        try:
            ask = self._write_offs.ask(alert_id, by=operator, why=body.why, now=self._clock.now())
        except ValueError as error:
            raise Problem(409, "not_possible", str(error)) from error
        return {"alert": str(alert_id), "write_off_asked": present_ask(ask)}

    def grant(self, alert_id: UUID, operator: Operator) -> dict[str, str]:
        """End the debt, as another operator asked.

        422 `write_off_refused`: `by` for the one who asked, `id` if nobody did within 24 hours.
        """
        try:
            self._write_offs.grant(alert_id, by=operator, now=self._clock.now())
        except ValueError as error:
            raise Problem(409, "not_possible", str(error)) from error
        return {"alert": str(alert_id), "state": "written_off"}
