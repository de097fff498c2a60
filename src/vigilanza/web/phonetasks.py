"""/api/tasks: whom an operator must telephone because an alert did not arrive."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.role import Permission
from vigilanza.store.tasks import PhoneTask, Tasks
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), Plain]


class Call(BaseModel):
    """With whom the operator spoke, and when."""

    model_config = ConfigDict(extra="forbid")
    note: Note


class TaskRoutes:
    """A call is audited by the store in the transaction that records it; the list is read at each change."""

    def __init__(self, *, tasks: Tasks, telephones: Mapping[str, str], clock: Clock) -> None:
        """`telephones`: the numbers of destinations, as far as they are known."""
        self._tasks, self._telephones, self._clock = tasks, telephones, clock

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/tasks", tags=["tasks"])
        router.get("", dependencies=[needs(Permission.FOLLOW)])(self.listed)
        router.post("/{alert_id}/done", dependencies=[needs(Permission.TELEPHONE)])(self.done)
        return router

    def listed(self, _: Operator) -> dict[str, Any]:
        """What is to be done, oldest first. Not audited."""
        return {"tasks": [self._tell(task) for task in self._tasks.open()]}

    def done(self, alert_id: UUID, body: Call, operator: Operator) -> dict[str, str]:
        """The operator has telephoned; the alert stays owed until it has a receipt."""
        self._tasks.done(alert_id, by=operator, note=body.note, now=self._clock.now())
        return {"alert": str(alert_id), "state": "done"}

    def _tell(self, task: PhoneTask) -> dict[str, Any]:
        return {
            "alert": str(task.alert),
            "incident": str(task.incident),
            "destination": task.destination,
            "telephone": self._telephones.get(task.destination),
            "at": task.at,
            "why": task.why,
        }
