"""The picture of a floor plan, from its file."""

from pathlib import Path

from vigilanza.domain.errors import PlanUnusable
from vigilanza.domain.plan import MOST_BYTES, Picture, read_picture


def read_plan(path: Path) -> Picture:
    """PlanUnusable says why it cannot be shown."""
    try:
        with path.open("rb") as source:
            return read_picture(source.read(MOST_BYTES + 1))
    except OSError as error:
        raise PlanUnusable(f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise PlanUnusable(f"cannot be shown: {error}") from error
