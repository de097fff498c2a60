"""`vigilanza centre quarantine`: what came in the name of a site and was not taken."""

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vigilanza.app.centre import open_reception
from vigilanza.app.memory import open_memory
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.store.quarantine import Quarantine


def show_quarantine(config: Config, *, again: bool, clock: Clock, console: Console) -> int:
    """Print a line per message, judged once more first if `again`; 0 if there is none."""
    memory = open_memory(config, clock=clock)
    if again:
        outcome = open_reception(config, memory, clock).again()
        console.print(f"{outcome.taken} taken after all, {outcome.left} left")
    quarantine, last, count = Quarantine(memory.engine), 0, 0
    table = Table("number", "site", "at (UTC)", "bytes", "why", box=None, pad_edge=False)
    while kept := quarantine.kept(after=last):
        last, count = kept[-1].position, count + len(kept)
        for one in kept:
            at = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
            size = str(len(one.message.body))
            table.add_row(str(one.position), one.site or "?", at, size, escape(one.why))
    if count:
        console.print(table)
    return int(count > 0)
