"""The feed: events and decisions of all incidents in the order of their commits, for those who follow them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, func, or_, select

from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.events import Event, event_from_json
from vigilanza.store.database import reading
from vigilanza.store.schema import decisions, events, feed, incidents

Item: TypeAlias = Event | Decision


@dataclass(frozen=True, slots=True)
class Story:
    """One incident as it was told until some moment: `items` in the order of their commits.

    `superseded`: at the same place a later incident had begun by then.
    """

    items: tuple[Item, ...] = ()
    superseded: bool = False
    events: tuple[Event, ...] = field(init=False)
    """In the order of their sequence."""

    def __post_init__(self) -> None:
        told = sorted((item for item in self.items if isinstance(item, Event)), key=lambda event: event.sequence)
        object.__setattr__(self, "events", tuple(told))

    @property
    def decision(self) -> Decision | None:
        """The decision that counts: the latest one."""
        return next((item for item in reversed(self.items) if isinstance(item, Decision)), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit: what is new, the story of its incident before and with it; `at` is UTC in Unix seconds."""

    position: int
    item: Item
    before: Story
    after: Story

    @property
    def at(self) -> float:
        """When it happened, or was decided: not when it was committed."""
        return self.item.at


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stories of all open incidents as of `position`, oldest first."""

    position: int
    stories: tuple[Story, ...]


class Feed:
    """Read-only; `position` counts commits from 1, 0 is before all. Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def end(self) -> int:
        """The position of the latest commit."""
        with reading(self._engine) as connection:
            return _end(connection)

    def after(self, position: int, limit: int = 200) -> list[Entry]:
        """The commits after `position`, in order, at most `limit`."""
        ordered = select(feed).where(feed.c.position > position).order_by(feed.c.position).limit(limit)
        with reading(self._engine) as connection:
            rows = list(connection.execute(ordered))
            return list(_entries(connection, rows)) if rows else []

    def before_time(self, at: float) -> int:
        """The position before the first commit of something that happened at `at` (UTC, Unix seconds) or later."""
        with reading(self._engine) as connection:
            first = connection.execute(select(func.min(feed.c.position)).where(feed.c.at >= at)).scalar()
            return _end(connection) if first is None else int(first) - 1

    def oldest(self) -> float | None:
        """When the first commit that is kept happened; None if there is none."""
        with reading(self._engine) as connection:
            at = connection.execute(select(func.min(feed.c.at))).scalar()
        return None if at is None else float(at)

    def standing(self) -> Snapshot:
        """How everything stands now, in one view of the database."""
        with reading(self._engine) as connection:
            position = _end(connection)
            still = select(incidents.c.id).where(incidents.c.open).order_by(incidents.c.first_at, incidents.c.id)
            open_ones = list(connection.execute(still).scalars())
            told = _told(connection, open_ones, position)
            stories = tuple(Story(tuple(item for _, item in told[one])) for one in open_ones if told[one])
        return Snapshot(position, stories)


def _end(connection: Connection) -> int:
    return int(connection.execute(select(func.max(feed.c.position))).scalar() or 0)


def _entries(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Entry]:
    ids = {row.incident for row in rows}
    told = _told(connection, ids, rows[-1].position)
    overtaken = _superseded_at(connection, ids)
    for row in rows:
        after = [(position, item) for position, item in told[row.incident] if position <= row.position]
        late = overtaken.get(row.incident)
        items = tuple(item for _, item in after)
        yield Entry(
            position=row.position,
            item=items[-1],
            before=Story(items[:-1], superseded=late is not None and late < row.position),
            after=Story(items, superseded=late is not None and late < row.position),
        )


def _told(connection: Connection, ids: Collection[UUID], until: int) -> dict[UUID, list[tuple[int, Item]]]:
    """Position and item of everything told of these incidents up to `until`."""
    told: dict[UUID, list[tuple[int, Item]]] = {one: [] for one in ids}
    query = (
        select(feed.c.position, feed.c.incident, events.c.body, decisions)
        .select_from(feed)
        .outerjoin(events, feed.c.event == events.c.id)
        .outerjoin(decisions, feed.c.decision == decisions.c.id)
        .where(feed.c.incident.in_(list(ids)), feed.c.position <= until)
        .order_by(feed.c.position)
    )
    for row in connection.execute(query).mappings() if ids else ():
        body = row[events.c.body]
        item: Item = event_from_json(body) if body is not None else _decision(row)
        told[row[feed.c.incident]].append((row[feed.c.position], item))
    return told


def _decision(row: Any) -> Decision:
    reason = row[decisions.c.reason]
    return Decision(
        incident=row[decisions.c.incident],
        operator=row[decisions.c.operator],
        at=row[decisions.c.at],
        avs=row[decisions.c.avs],
        reason=None if reason is None else RejectReason(reason),
    )


def _superseded_at(connection: Connection, ids: Collection[UUID]) -> dict[UUID, int]:
    """For each incident that has a later one at the same door of the same camera (or at the same camera itself): where
    in the feed the first such one begins.
    """
    this, later = incidents.alias(), incidents.alias()
    same_door: ColumnElement[bool] = or_(
        this.c.door == later.c.door, and_(this.c.door.is_(None), later.c.door.is_(None))
    )
    query = (
        select(this.c.id, func.min(feed.c.position))
        .select_from(this)
        .join(later, and_(this.c.camera == later.c.camera, same_door, later.c.first_at > this.c.first_at))
        .join(feed, feed.c.incident == later.c.id)
        .where(this.c.id.in_(list(ids)))
        .group_by(this.c.id)
    )
    return {one: int(position) for one, position in connection.execute(query)}
