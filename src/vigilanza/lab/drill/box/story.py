"""What happens in front of a box, and what is asked about it afterwards."""

import threading
from typing import Protocol

from sqlalchemy import Engine

from vigilanza.lab.drill.box.promises import Account


class Story(Protocol):
    """Break-ins, by whatever means the box gets to know of them."""

    @property
    def break_ins(self) -> int:
        """So many have happened."""
        ...

    def run(self, mended: threading.Event) -> None:
        """Let them happen until `mended` is set, and then some more."""
        ...

    def waiting(self, engine: Engine) -> int:
        """So much of what happened is not known to be recorded. JournalUnavailable."""
        ...

    @property
    def longest_gap(self) -> float:
        """Seconds from something happening to its being kept, at worst; what is not yet kept counts until now."""
        ...

    def account(self, engine: Engine) -> Account:
        """Hold what happened against what is there. JournalUnavailable."""
        ...
