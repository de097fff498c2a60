"""The site as the page shows it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from vigilanza.domain.callee import Callee
from vigilanza.domain.delivery import Destination
from vigilanza.domain.door import Polygon, Role
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.domain.plan import FloorPlan, Picture
from vigilanza.domain.premises import Premises
from vigilanza.web.blindtest import BlindTest


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A floor plan; `picture` reads what it is drawn on, as it lies there now: PlanUnusable. Sizes as at the start."""

    plan: FloorPlan
    width_px: int
    height_px: int
    picture: Callable[[], Picture]


@dataclass(frozen=True, slots=True)
class Site:
    """`timezone` is an IANA name such as Europe/Rome; `callees` may be telephoned about an incident.

    `stairs`: the stair of each door whose unit tells one; `premises`: the site as alerts tell it.
    `paths`: the ways to each destination that has several. `leaves`: by camera, the outline of each door's leaf.
    `blind_test`: how much of what happens was found on recordings, if the configuration names an evaluation.
    `cameras`: the ids of those configured; without it every camera ever seen counts as one that may be blind.
    `told`: the sites of a centre that work orders go to.
    """

    name: str
    timezone: str
    doors: Mapping[str, Role] = field(default_factory=dict)
    cameras: Collection[str] | None = None
    callees: Sequence[Callee] = ()
    retention_hours: float = 24.0
    flagrante_seconds: float = FLAGRANTE_SECONDS
    stairs: Mapping[str, str] = field(default_factory=dict)
    destinations: Sequence[Destination] = ()
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict)
    premises: Premises | None = None
    plans: Sequence[SitePlan] = ()
    blind_test: Callable[[], BlindTest | None] = lambda: None
    leaves: Mapping[str, Mapping[str, Polygon]] = field(default_factory=dict)
    told: Collection[str] = ()

    @property
    def telephones(self) -> Mapping[str, str]:
        """The numbers of destinations, as far as they are known."""
        return {one.id: one.telephone for one in self.callees if one.destination}

    @property
    def place(self) -> Premises:
        """What is told of it on the telephone."""
        return self.premises or Premises(self.name, self.name, self.timezone)
