"""What this box runs: told to its centre, and by `vigilanza status`."""

from collections.abc import Callable
from pathlib import Path

from vigilanza import __version__
from vigilanza.config import Config
from vigilanza.domain.edition import Edition, edition_of


def edition(config: Config) -> Callable[[], Edition | None]:
    """Whom to ask. `vigilanza run` exchanges the copy that is in force; without one the file counts as it is now.

    The answer is None where that cannot be read.
    """
    copy = config.accepted
    if copy is None:
        first = read_edition(config.path)
        return lambda: first
    return lambda: read_edition(copy)


def read_edition(path: Path) -> Edition | None:
    """Of the configuration that lies there, if it can be read."""
    try:
        return Edition(__version__, edition_of(path.read_bytes()))
    except OSError:
        return None
