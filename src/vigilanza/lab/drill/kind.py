"""A kind of fault."""

from collections.abc import Callable
from dataclasses import dataclass, field

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.pace import Pace


@dataclass(frozen=True, slots=True)
class Kind:
    """What breaks (`says`), how it is played while break-ins happen, until all is mended again (`play`), and what a log
    has to say of it (`told`, a regular expression; None: nobody need be told).
    """

    says: str
    play: Callable[[Box], None]
    needs: Needs = field(default_factory=Needs)
    pace: Pace = field(default_factory=Pace)
    told: str | None = None
    within_s: float | None = None
    may_lose: bool = False
