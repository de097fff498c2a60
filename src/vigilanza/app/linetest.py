"""`vigilanza bridge test`: a marked alert through the whole chain, told step by step."""

import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

from rich.console import Console

from vigilanza.app.memory import open_memory
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.delivery import Destination
from vigilanza.domain.errors import ConfigError
from vigilanza.store.outbox import Outbox

NOBODY_SECONDS = 5.0
LOOK_SECONDS = 0.1
ENDS = ("acknowledged", "refused", "written_off")


def try_line(config: Config, name: str, *, by: str, patience: float, clock: Clock, console: Console) -> int:
    """Owe `name` a test in the name of `by` and tell what becomes of it; 0 with a receipt, 1 without one in `patience`
    seconds (it is still owed then). ConfigError if there is no such destination.
    """
    memory = open_memory(config, clock=clock)
    try:
        alert = memory.journal.test(_destination(config, name), incident=uuid4(), by=by)
        outbox, began = Outbox(memory.engine), clock.monotonic()
        for what, detail in _steps(outbox, alert.id, until=began + patience, clock=clock):
            console.print(
                f"{clock.monotonic() - began:6.2f} s  {what}  {detail}", markup=False, highlight=False, soft_wrap=True
            )
            if what == "acknowledged":
                return 0
            if what in ENDS:
                return 1
    finally:
        memory.engine.dispose()
    console.print(f"no receipt in {patience:.0f} s: the test stays owed, as an alert would")
    return 1


def _destination(config: Config, name: str) -> Destination:
    known = {endpoint.destination.id: endpoint.destination for endpoint in config.destinations}
    if name not in known:
        waits = (
            "; it waits for a second person: vigilanza safeguards show"
            if name in config.safeguards.destinations
            else ""
        )
        raise ConfigError(f"no destination {name}; there are {', '.join(known) or 'none'}{waits}")
    return known[name]


def _steps(outbox: Outbox, alert: UUID, *, until: float, clock: Clock) -> Iterator[tuple[str, str]]:
    """What happens to the alert, as it happens: what, and its detail."""
    began, told, stop = clock.monotonic(), 0, threading.Event()
    warned = False
    while clock.monotonic() < until:
        log = outbox.log_of(alert)
        for line in log[told:]:
            what, _, detail = line.partition(" ")
            yield what, detail.partition(": ")[2]
        told = len(log)
        if told == 1 and not warned and clock.monotonic() - began > NOBODY_SECONDS:
            warned = True
            yield "waiting", "no relay takes it: is `vigilanza relay` (or run) running with this configuration?"
        clock.wait(LOOK_SECONDS, stop)
