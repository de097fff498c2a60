"""How far a change of the configuration got: told by `vigilanza run`, read by its page."""

import json
from pathlib import Path

import structlog

from vigilanza.app.wholefile import write_whole
from vigilanza.config import Config
from vigilanza.domain.takeover import Stage, Takeover

log = structlog.get_logger(__name__)

ACCEPTED, TOLD = "in-force.yaml", "takeover.json"
"""In `storage.state`: the copy of the file that is in force, and what is told of the file."""


def tell(state: Path, takeover: Takeover) -> None:
    """For `told`; it says itself if that cannot be written."""
    said = {"stage": takeover.stage, "digest": takeover.digest, "since": takeover.since, "why": takeover.why}
    try:
        write_whole(state / TOLD, json.dumps(said).encode())
    except OSError as error:
        log.error("the page cannot be told how far the configuration is taken over", why=error.strerror)


def told(config: Config, digest: str) -> Takeover:
    """Of the file with that SHA-256, by the parts that were started with `config`."""
    if config.accepted is None:
        return Takeover(Stage.AT_RESTART, digest)
    try:
        said = json.loads((config.storage.state / TOLD).read_bytes())
        last = Takeover(Stage(said["stage"]), said["digest"], said["since"], said["why"])
    except (OSError, ValueError, KeyError, TypeError):
        return Takeover(Stage.PENDING, digest)
    return last if last.digest == digest else Takeover(Stage.PENDING, digest)
