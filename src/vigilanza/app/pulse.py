"""Which parts of this box give no sign of life: without this a watch that has ended looks like a quiet night."""

from collections.abc import Sequence
from pathlib import Path

from vigilanza.app.figures import STALE_S
from vigilanza.app.share import shares_of
from vigilanza.clock import Clock
from vigilanza.config import Config

ALWAYS = ("relay",)


class Pulse:
    """A part is silent when it has not written its figures for STALE_S; nobody is before we have looked for so long."""

    def __init__(self, state: Path, parts: Sequence[str], *, clock: Clock) -> None:
        """`parts`: the names under which they write into `state`, see keep_figures."""
        self._state, self._parts, self._clock = state, tuple(parts), clock
        self._began = clock.now()

    @staticmethod
    def of(config: Config, *, clock: Clock) -> "Pulse":
        """Of all parts that this configuration needs."""
        shares = shares_of(config)
        # A centre may have no cameras of its own, and then nobody watches.
        watches = [f"watch{share.suffix}" for share in shares if config.cameras]
        wanted = {"finder": len(shares) > 1, "video": config.video is not None, "centre": config.centre is not None}
        others = [name for name, is_wanted in wanted.items() if is_wanted]
        return Pulse(config.storage.state, [*watches, *others, *ALWAYS], clock=clock)

    def silent(self) -> tuple[str, ...]:
        """Their names, in a fixed order."""
        now = self._clock.now()
        return tuple(part for part in self._parts if now - max(self._began, self._written(part)) > STALE_S)

    def _written(self, part: str) -> float:
        try:
            return (self._state / f"{part}.prom").stat().st_mtime
        except OSError:
            return float("-inf")
