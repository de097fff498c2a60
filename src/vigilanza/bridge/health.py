"""How we stand, for those who listen at a broker: `online` alone does not say that anybody watches."""

import json
from collections.abc import Callable, Sequence

from vigilanza.clock import Clock
from vigilanza.domain.alert import rfc3339
from vigilanza.store.outbox import Outbox


class Health:
    """Of the box that a destination's alerts come from, and what the destination itself is owed."""

    def __init__(self, *, destination: str, outbox: Outbox, silent: Callable[[], Sequence[str]], clock: Clock) -> None:
        """`silent` names the parts of the box that give no sign of life."""
        self._destination, self._outbox, self._silent, self._clock = destination, outbox, silent, clock

    def tell(self) -> bytes:
        """As JSON, with times in UTC. JournalUnavailable."""
        standing, silent = self._outbox.standing(self._destination), list(self._silent())
        oldest = standing.oldest_queued_at
        told = {
            "at": rfc3339(self._clock.now()),
            "status": "degraded" if silent else "ok",
            "silent": silent,
            "owed": standing.owed,
            "waiting_for_person": standing.refused,
            "oldest_queued": None if oldest is None else rfc3339(oldest),
        }
        return json.dumps(told, separators=(",", ":")).encode()
