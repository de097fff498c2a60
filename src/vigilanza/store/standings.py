"""How each site stands, as the centre sees it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from vigilanza.domain.edition import Edition
from vigilanza.store.database import reading
from vigilanza.store.schema import incidents
from vigilanza.store.schema_centre import (
    arrival_gaps,
    refused_dispatches,
    site_editions,
    site_incidents,
    site_standings,
)
from vigilanza.store.tables import has_table


@dataclass(frozen=True, slots=True)
class SiteStanding:
    """Times are UTC in Unix seconds by the centre's clock; `lag`: seconds from what happened to our knowing it, of the
    latest dispatch. `missing`: dispatches that were sent and have not come, `missing_since` the first of them.
    `refused`: how many ever, `refused_at` the last of them; `kept` of them a person has not dealt with. `runs` None: it
    has not said.
    """

    site: str
    heard_at: float | None
    lag: float | None
    taken: int
    refused: int
    refused_at: float | None
    kept: int
    missing: int
    missing_since: float | None
    open_incidents: int
    runs: Edition | None = None


class Standings:
    """Read-only. May raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[str, SiteStanding]:
        """By the site's id; sites that were never heard of are not in it."""
        gaps = select(arrival_gaps.c.site, func.count(), func.min(arrival_gaps.c.noticed_at))
        kept = select(refused_dispatches.c.site, func.count())
        open_ = select(site_incidents.c.site, func.count()).join(incidents, incidents.c.id == site_incidents.c.here)
        with reading(self._engine) as connection:
            missing = {row[0]: (row[1], row[2]) for row in connection.execute(gaps.group_by(arrival_gaps.c.site))}
            refused = dict(map(tuple, connection.execute(kept.group_by(refused_dispatches.c.site))))
            running = connection.execute(open_.where(incidents.c.open).group_by(site_incidents.c.site))
            opened = dict(map(tuple, running))
            editions = _editions(connection)
            rows = list(connection.execute(select(site_standings).order_by(site_standings.c.site)))
        return {
            row.site: SiteStanding(
                row.site,
                row.heard_at,
                row.lag,
                row.taken,
                row.refused,
                row.refused_at,
                refused.get(row.site, 0),
                *missing.get(row.site, (0, None)),
                opened.get(row.site, 0),
                editions.get(row.site),
            )
            for row in rows
        }


def heard(connection: Connection, site: str, *, now: float, pulse_at: float) -> None:
    """It gave a sign of life."""
    _change(connection, site, {"heard_at": now, "pulse_at": pulse_at})


def taken(connection: Connection, site: str, *, now: float, lag: float) -> None:
    """A dispatch of it was recorded."""
    _change(connection, site, {"heard_at": now, "lag": lag, "taken": site_standings.c.taken + 1})


def runs(connection: Connection, site: str, edition: Edition | None) -> None:
    """It said so; where our account may not make the table for it, nobody is told."""
    if edition is None or not has_table(connection, site_editions):
        return
    told = {"version": edition.version, "configuration": edition.configuration}
    if connection.execute(update(site_editions).where(site_editions.c.site == site).values(told)).rowcount == 0:
        connection.execute(insert(site_editions).values(site=site, **told))


def _editions(connection: Connection) -> dict[str, Edition]:
    """By site."""
    if not has_table(connection, site_editions):
        return {}
    rows = connection.execute(select(site_editions))
    return {row.site: Edition(row.version, row.configuration) for row in rows}


def refused(connection: Connection, site: str, *, now: float) -> None:
    """Something that came in its name was not taken."""
    _change(connection, site, {"refused": site_standings.c.refused + 1, "refused_at": now})


def last_pulse(connection: Connection, site: str) -> float | None:
    """Its own time of its latest sign of life, None if there was none."""
    query = select(site_standings.c.pulse_at).where(site_standings.c.site == site)
    return connection.execute(query).scalar()


def _change(connection: Connection, site: str, values: dict[str, float | ColumnElement[Any]]) -> None:
    this = update(site_standings).where(site_standings.c.site == site).values(values)
    if connection.execute(this).rowcount == 0:
        connection.execute(insert(site_standings).values(site=site, taken=0, refused=0))
        connection.execute(this)
