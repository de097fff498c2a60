"""Several things that one process does for ever, beside one another."""

import threading
from collections.abc import Callable, Mapping

import structlog

from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

EXIT_ENDED = 70
LOOK_S = 0.5


def run_all(runs: Mapping[str, Callable[[threading.Event], None]], *, clock: Clock, stop: threading.Event) -> int:
    """Each in a thread of its own, until `stop` is set; 0, or EXIT_ENDED if one ended by itself. Then all do: whoever
    started us starts us again, and nothing is missing in silence.
    """
    threads = [threading.Thread(target=run, args=(stop,), name=name, daemon=True) for name, run in runs.items()]
    for thread in threads:
        thread.start()
    code = 0
    while not clock.wait(LOOK_S, stop):
        ended = [thread.name for thread in threads if not thread.is_alive()]
        if ended:
            log.critical("a part of this process has ended: beginning anew", ended=ended)
            code = EXIT_ENDED
            stop.set()
    for thread in threads:
        thread.join(timeout=15.0)
    return code
