"""/api/audit: who did what, for those who watch over it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query

from vigilanza.domain.role import Permission
from vigilanza.store.audit import AuditChain
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.viewings import Viewings

PAGE = 200


class AuditRoutes:
    """Reading is in the chain, too."""

    def __init__(self, *, audit: AuditChain, viewings: Viewings) -> None:
        self._audit, self._viewings = audit, viewings

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router = APIRouter(prefix="/api/audit", tags=["audit"])
        router.get("", dependencies=[needs(Permission.READ_AUDIT)])(self.latest)
        return router

    def latest(
        self,
        operator: Operator,
        before: Annotated[int | None, Query(ge=1, le=2**62, description="Only records of a lower number.")] = None,
    ) -> dict[str, Any]:
        """The newest records first, at most 200; ask again with the lowest `number` as `before`. Audited."""
        self._viewings.write(operator, "audit.viewed", "audit")
        records = self._audit.latest(PAGE, before=before)
        return {
            "records": [
                {
                    "number": record.number,
                    "at": record.at,
                    "who": record.who,
                    "action": record.action,
                    "subject": record.subject,
                    "detail": json.loads(record.detail),
                    "hash": record.hash,
                }
                for record in records
            ]
        }
