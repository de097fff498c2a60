"""What all destinations have in common, whichever channel reaches them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import time
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from vigilanza.config.fields import DayTime, Identifier, Surroundings, Telephone, is_loopback
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.domain.delivery import MINIMUM_AVS, Destination, DestinationKind
from vigilanza.domain.events import EventKind
from vigilanza.domain.quiethours import QuietHours

EventName: TypeAlias = Literal[
    "loitering",
    "tampering",
    "seal_changed",
    "door_opened",
    "entry",
    "exit",
    "camera_covered",
    "camera_moved",
    "camera_defocused",
    "camera_dark",
    "camera_frozen",
    "camera_lost",
    "camera_unsteady",
    "restored",
    "closed",
]
"""The values of EventKind: a test compares them."""


class QuietHoursPart(BaseModel):
    """By the clock of the site; `to` earlier than `from` is the next morning."""

    model_config = STRICT

    begin: Annotated[DayTime, Field(alias="from", description="HH:MM.")]
    end: Annotated[DayTime, Field(alias="to", description="HH:MM.")]

    def hours(self) -> QuietHours:
        """In the words of the domain."""
        return QuietHours(time.fromisoformat(self.begin), time.fromisoformat(self.end))


class DestinationPart(BaseModel, ABC):
    """An outside party that is owed alerts. Each channel adds a `channel` of its own name, and what it needs."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="Name of the destination.")]
    kind: Annotated[
        Literal["municipal_vms", "control_room"],
        Field(description="municipal_vms gets unconfirmed events too, flagged so; control_room only confirmed ones."),
    ]
    minimum_avs: Annotated[
        Literal[1, 2, 3, 4] | None,
        Field(description="Lowest AVS score that is sent; only for a control_room, default 2 there."),
    ] = None

    events: Annotated[
        list[EventName] | None, Field(min_length=1, description="Kinds of event that it is told of; default all.")
    ] = None
    quiet_hours: Annotated[
        QuietHoursPart | None, Field(description="Hours in which only alarms and decisions are sent.")
    ] = None
    per_minute: Annotated[
        int | None, Field(ge=1, le=600, description="Most alerts in a minute; alarms and decisions go all the same.")
    ] = None
    fallback: Annotated[
        Identifier | None, Field(description="Destination that is told what this one does not take in 30 s.")
    ] = None
    standby: Annotated[bool, Field(description="It is told only as another's fallback.")] = False
    telephone: Annotated[
        Telephone | None, Field(description="Number that the operator's page shows when an alert has no way left.")
    ] = None

    def destination(self) -> Destination:
        """In the words of the domain."""
        return Destination(
            self.id,
            DestinationKind(self.kind),
            MINIMUM_AVS if self.minimum_avs is None else self.minimum_avs,
            events=None if self.events is None else frozenset(EventKind(name) for name in self.events),
            fallback=self.fallback,
            standby=self.standby,
            quiet=None if self.quiet_hours is None else self.quiet_hours.hours(),
            per_minute=self.per_minute,
        )

    @abstractmethod
    def link(self, around: Surroundings) -> object:
        """How it is reached, with absolute paths and secrets resolved; the document has passed every check."""

    def pictures_for(self) -> float | None:
        """Seconds that links to pictures hold; None: it is sent none."""
        return None

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        """What is wrong between the keys of `raw`, which may be wrong in themselves."""
        hours = raw.get("quiet_hours")
        if isinstance(hours, dict) and hours.get("from") is not None and hours.get("from") == hours.get("to"):
            yield Problem((*place, "quiet_hours"), "from and to are the same: leave quiet_hours out, or give an hour")
        if raw.get("kind") == "municipal_vms" and raw.get("minimum_avs") is not None:
            yield Problem((*place, "minimum_avs"), "only a control_room waits for an AVS score")

    @classmethod
    def crosscheck_site(cls, raw: dict[str, Any], document: dict[str, Any], place: Place) -> Iterator[Problem]:  # noqa: ARG003 - one signature for all
        """What is wrong between the keys of `raw` and the rest of the document, both of which may be wrong."""
        yield from ()


def loopback_problem(raw: dict[str, Any], place: Place) -> Iterator[Problem]:
    """A URL that leads to this machine, unless that was expressly asked for."""
    url = raw.get("url")
    if not isinstance(url, str) or raw.get("allow_loopback") is True:
        return
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return  # told by the key's own check
    if host and is_loopback(host):
        yield Problem((*place, "url"), "points to this machine: for demo and tests only, with allow_loopback: true")
