"""/api/safeguards: what of the configuration protects less, and takes two persons."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.role import Permission
from vigilanza.domain.safeguards import Safeguards
from vigilanza.store.safeguards import LONGEST_REASON, SafeguardBook, Standing
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain
from vigilanza.web.present import present_ask

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="`hash` of what was seen.")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=LONGEST_REASON), Plain]


class WeakeningAsked(BaseModel):
    """Why the configuration may protect less."""

    model_config = ConfigDict(extra="forbid")

    hash: Digest
    reason: Annotated[Reason, Field(description="For who approves it.")]


class WeakeningApproved(BaseModel):
    """What somebody else asked for."""

    model_config = ConfigDict(extra="forbid")

    hash: Digest


class SafeguardRoutes:
    """Every act is audited by the store in the transaction that does it."""

    def __init__(self, *, book: SafeguardBook, wanted: Callable[[], Safeguards]) -> None:
        """`wanted`: what the configuration says now."""
        self._book, self._wanted = book, wanted

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/safeguards", tags=["safeguards"])
        router.get("", dependencies=[needs(Permission.SEE_SAFEGUARDS)])(self.standing)
        router.post("/ask", dependencies=[needs(Permission.ASK_WEAKENING)])(self.ask)
        router.post("/approve", dependencies=[needs(Permission.APPROVE_WEAKENING)])(self.approve)
        return router

    def standing(self, _: Operator) -> dict[str, Any]:
        """What in the configuration's file protects less than was approved, and does not count. Not audited.

        `kind`: retention, interiors, originals, camera_gone, door_gone, door_hidden, mask, destination_new,
        destination_changed, destination_gone, viewer, provider_new, provider_changed or provider_gone (nobody could
        sign in then). `asked` null: nobody asked within 24 hours that it may count.
        """
        return _present(self._book.standing(self._wanted()))

    def ask(self, body: WeakeningAsked, operator: Operator) -> dict[str, Any]:
        """Ask that all that is pending may count; another person must approve it within 24 hours. Audited.

        422 `safeguard_refused`, `hash`: the file was changed since, or nothing is pending.
        """
        return _present(self._book.ask(self._wanted(), digest=body.hash, reason=body.reason, by=operator))

    def approve(self, body: WeakeningApproved, operator: Operator) -> dict[str, Any]:
        """Approve what another person asked for. `vigilanza run` takes it over within half a minute. Audited."""
        return _present(self._book.approve(self._wanted(), digest=body.hash, by=operator))


def unchanging() -> Safeguards:
    """Of a page that was started without a configuration file."""
    return Safeguards(retention_hours=24, interiors_shown=False, cameras={}, destinations={}, viewers={})


def _present(standing: Standing) -> dict[str, Any]:
    return {
        "hash": standing.digest,
        "pending": [
            {"kind": one.kind, "subject": one.subject, "item": one.item, "was": one.was, "becomes": one.becomes}
            for one in standing.pending
        ],
        "asked": None if standing.ask is None else present_ask(standing.ask),
    }
