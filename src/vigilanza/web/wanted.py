"""What is asked of the archive: the query of /api/history, checked, and in the store's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.events import EventKind, Severity
from vigilanza.domain.moment import read_moment, write_moment
from vigilanza.store.sought import Mark, Outcome, Wanted
from vigilanza.web.plain import Plain
from vigilanza.web.problem import Problem

LONGEST_S = 366 * 86400.0
USUAL_S = 30 * 86400.0
_LATEST = 4_102_444_800.0

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Plain]
Moment = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Where(BaseModel):
    """When and where; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: Annotated[
        Moment | None,
        Field(alias="from", description="ISO 8601, without an offset the site's; 30 days before `to` if left out."),
    ] = None
    until: Annotated[
        Moment | None, Field(alias="to", description="Not included; at most 366 days later; now if left out.")
    ] = None
    stair: Name | None = None
    door: Name | None = None
    camera: Name | None = None


class Search(Where):
    """Which incidents: `severity` is the least, `kind` something that happened in it."""

    kind: EventKind | None = None
    severity: Severity | None = None
    outcome: Outcome | None = None
    avs: Annotated[int | None, Field(ge=1, le=4)] = None
    reason: RejectReason | None = None
    step: Annotated[Step | None, Field(description="How far it has come since a confirmation, or a mark.")] = None


class PagedSearch(Search):
    """One page of it."""

    after: Annotated[str | None, Field(max_length=80, description="`next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads queries: `stairs` tells the stair of each door, `zone` the site's clock."""

    stairs: Mapping[str, str]
    zone: tzinfo

    def wanted(self, asked: Where, now: float) -> Wanted:
        """As the store takes it; Problem 422 names what cannot be."""
        until = now if asked.until is None else asked_moment(asked.until, self.zone, "to")
        since = until - USUAL_S if asked.since is None else asked_moment(asked.since, self.zone, "from")
        if not since < until:
            raise Problem(422, "invalid", "to: it must be later than from", field="to")
        # The clock's change to winter makes a year an hour longer.
        if until - since > LONGEST_S + 3600.0:
            raise Problem(422, "invalid", "from: at most 366 days before to", field="from")
        more = asked.model_dump(include={"camera", "kind", "severity", "outcome", "avs", "reason", "step"})
        return Wanted(since=since, until=until, doors=self._doors(asked), **more)

    def told(self, asked: Where, wanted: Wanted) -> dict[str, Any]:
        """For the audit chain: all that was asked, with the times it came to."""
        rest = asked.model_dump(mode="json", exclude={"since", "until"}, exclude_none=True)
        return {"from": write_moment(wanted.since, self.zone), "to": write_moment(wanted.until, self.zone)} | rest

    def _doors(self, asked: Where) -> tuple[str, ...] | None:
        if asked.stair is None:
            return None if asked.door is None else (asked.door,)
        there = tuple(door for door, stair in self.stairs.items() if stair == asked.stair)
        return there if asked.door is None else tuple(door for door in there if door == asked.door)


def asked_moment(text: str, zone: tzinfo, field: str) -> float:
    """UTC in Unix seconds; Problem 422 names the field of what is no moment, or none of this age."""
    try:
        at = read_moment(text, zone)
    except (ValueError, OverflowError) as error:
        raise Problem(422, "invalid", f"{field}: {error}", field=field) from error
    if not 0.0 <= at <= _LATEST:
        raise Problem(422, "invalid", f"{field}: a year between 1970 and 2100", field=field)
    return at


def write_mark(mark: Mark) -> str:
    """`next` of a page."""
    return f"{mark.at!r}_{mark.id}"


def read_mark(text: str) -> Mark:
    """Inverse of `write_mark`; Problem 422 if it is no such text."""
    at, _, incident = text.partition("_")
    try:
        return Mark(float(at), UUID(incident))
    except ValueError as error:
        raise Problem(422, "invalid", "after: take it from `next` of the page before", field="after") from error
