"""Several boxes at one site share its cameras: how they find one another, in the configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.cluster.link import NatsLink
from vigilanza.config.fields import Surroundings
from vigilanza.config.nats import NatsPart, nats_problems
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem


@dataclass(frozen=True, slots=True)
class SharingSettings:
    """`box` is this one's name among those of the site, `capacity` how many cameras it may watch."""

    box: str
    capacity: int
    nats: NatsLink
    replicas: int


class SharingPart(BaseModel):
    """Several boxes at one site share its cameras."""

    model_config = STRICT

    box: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", description="Name of this box; each of the site has its own."
        ),
    ]
    capacity: Annotated[int, Field(ge=1, le=512, description="Cameras this box may watch.")] = 16
    replicas: Annotated[
        int, Field(ge=1, le=5, description="NATS servers that keep the leases; 3 where there are three of them.")
    ] = 1
    nats: NatsPart

    def settings(self, around: Surroundings) -> SharingSettings:
        """With absolute paths and the password; none where nothing will be connected."""
        nats = NatsLink(tuple(self.nats.servers)) if around.offline else self.nats.link(around)
        return SharingSettings(self.box, self.capacity, nats, self.replicas)


def crosscheck_sharing(raw: dict[str, Any]) -> Iterator[Problem]:
    """Boxes that share cameras know one another's incidents by one database."""
    sharing = raw.get("sharing")
    if not isinstance(sharing, dict):
        return
    if isinstance(nats := sharing.get("nats"), dict):
        yield from nats_problems(nats, ("sharing", "nats"))
    storage = raw.get("storage")
    database = storage.get("database") if isinstance(storage, dict) else None
    if database is None or str(database).startswith("sqlite:"):
        what = "boxes that share cameras need one PostgreSQL: each would have its own SQLite file; give postgresql://"
        yield Problem(("storage", "database") if database is not None else ("sharing",), what)
