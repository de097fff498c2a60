"""The site as the page shows it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from vigilanza.domain.delivery import Destination
from vigilanza.domain.door import Role
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS


@dataclass(frozen=True, slots=True)
class Site:
    """`timezone` is an IANA name such as Europe/Rome; `telephones` are numbers of `destinations`.

    `stairs`: the stair of each door whose unit tells one.
    `cameras`: the ids of those configured; without it every camera ever seen counts as one that may be blind.
    """

    name: str
    timezone: str
    doors: Mapping[str, Role] = field(default_factory=dict)
    cameras: Collection[str] | None = None
    telephones: Mapping[str, str] = field(default_factory=dict)
    retention_hours: float = 24.0
    flagrante_seconds: float = FLAGRANTE_SECONDS
    stairs: Mapping[str, str] = field(default_factory=dict)
    destinations: Sequence[Destination] = ()
