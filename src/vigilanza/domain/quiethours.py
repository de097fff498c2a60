"""Hours in which a destination is told only what cannot wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` by the clock of the site, over midnight if `end` is the earlier one; never both alike."""

    begin: time
    end: time

    def cover(self, at: float, zone: tzinfo) -> bool:
        """Whether `at` (UTC in Unix seconds) lies in them; `end` itself does not."""
        local = datetime.fromtimestamp(at, UTC).astimezone(zone).time()
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end
