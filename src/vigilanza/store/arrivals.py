"""What arrives at the centre: recorded exactly once, whatever comes twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, exists, insert, select
from sqlalchemy.exc import DataError, IntegrityError

from vigilanza.clock import Clock
from vigilanza.domain.decision import Decision
from vigilanza.domain.dispatch import Dispatch, Pulse, decision_at_centre, event_at_centre
from vigilanza.domain.errors import DispatchRefused
from vigilanza.domain.events import Event
from vigilanza.store.database import writing
from vigilanza.store.journal import Journal
from vigilanza.store.picturewish import expect_more
from vigilanza.store.schema import events, incidents
from vigilanza.store.schema_centre import arrival_gaps, arrivals, picture_wishes, site_incidents
from vigilanza.store.standings import heard, last_pulse, runs, taken
from vigilanza.store.tables import has_table

_NOT_TAKEN = (IntegrityError, DataError)


class Arrivals:
    """An arrival, its event or decision and the alerts that these owe are recorded together or not at all. Every method
    may raise JournalUnavailable: then nothing was recorded.
    """

    def __init__(self, *, engine: Engine, journal: Journal, clock: Clock) -> None:
        """`journal`, on `engine`: that of the centre."""
        self._engine, self._journal, self._clock = engine, journal, clock

    def take(self, dispatches: Sequence[Dispatch]) -> dict[int, str]:
        """All in one transaction, in their order; one that was taken before changes nothing. Why the journal does not
        take some, by their place among them.
        """
        with writing(self._engine) as connection:
            known = _known(connection, dispatches)
            new = {place: one for place, one in enumerate(dispatches) if (one.site, one.id) not in known}
            try:
                with connection.begin_nested():
                    return self._take_all(connection, new)
            except _NOT_TAKEN:
                # One of them: which one, only each for itself can say.
                return self._take_each(connection, new)

    def _take_all(self, connection: Connection, new: Mapping[int, Dispatch]) -> dict[int, str]:
        """At the first that the database does not take, none of them is."""
        refused: dict[int, str] = {}
        done: set[tuple[str, UUID]] = set()
        for place, dispatch in new.items():
            if (dispatch.site, dispatch.id) in done:
                continue
            try:
                self._take(connection, dispatch)
            except DispatchRefused as error:
                refused[place] = str(error)
            else:
                done.add((dispatch.site, dispatch.id))
        return refused

    def _take_each(self, connection: Connection, new: Mapping[int, Dispatch]) -> dict[int, str]:
        refused: dict[int, str] = {}
        for place, dispatch in new.items():
            if _known(connection, [dispatch]):
                continue
            try:
                with connection.begin_nested():
                    refused |= self._take_all(connection, {place: dispatch})
            except _NOT_TAKEN as error:
                refused[place] = f"the database does not take it: {type(error.orig).__name__}"
        return refused

    def _take(self, connection: Connection, dispatch: Dispatch) -> None:
        """DispatchRefused before anything was changed."""
        now, site = self._clock.now(), dispatch.site
        if isinstance(dispatch.item, Event):
            self._take_event(connection, site, dispatch.item)
        elif isinstance(dispatch.item, Decision):
            self._take_decision(connection, site, dispatch.item)
        _note(connection, dispatch, now)
        taken(connection, site, now=now, lag=max(0.0, now - dispatch.at))

    def hear(self, pulses: Sequence[Pulse]) -> None:
        """Signs of life, all in one transaction; one that came before changes nothing: the stream keeps the latest.

        They may tell of a dispatch that never came.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            for pulse in pulses:
                # Not "older than": a site's clock may be set back.
                if last_pulse(connection, pulse.site) != pulse.at:
                    heard(connection, pulse.site, now=now, pulse_at=pulse.at)
                    _look_for(connection, pulse.site, pulse.line, pulse.last, now)
                    runs(connection, pulse.site, pulse.runs)

    def _take_event(self, connection: Connection, site: str, told: Event) -> None:
        known, wanted = _here(connection, site, told.incident)
        incident = known or _free(connection, told.incident, site)
        event = event_at_centre(told, site=site, incident=incident)
        elsewhere = exists().where(events.c.id == event.id, events.c.incident != incident)
        if connection.execute(select(elsewhere)).scalar():
            event = replace(event, id=_renamed(event.id, site))
        if known is None:
            row = {"site": site, "incident": told.incident, "here": incident}
            connection.execute(insert(site_incidents).values(row))
        self._journal.write(connection, [event])
        if wanted:
            expect_more(connection, incident, at=self._clock.now())

    def _take_decision(self, connection: Connection, site: str, told: Decision) -> None:
        incident, _ = _here(connection, site, told.incident)
        if incident is None:
            raise DispatchRefused(f"it decides about incident {told.incident}, of which site {site} has told nothing")
        self._journal.write_decision(connection, decision_at_centre(told, site=site, incident=incident))


def _known(connection: Connection, dispatches: Sequence[Dispatch]) -> set[tuple[str, UUID]]:
    """Those among them that were taken before, by site and id."""
    sites, ids = {one.site for one in dispatches}, {one.id for one in dispatches}
    query = select(arrivals.c.site, arrivals.c.dispatch).where(arrivals.c.site.in_(sites), arrivals.c.dispatch.in_(ids))
    return {(row.site, row.dispatch) for row in connection.execute(query)}


def _here(connection: Connection, site: str, incident: UUID) -> tuple[UUID | None, bool]:
    """Its id here, if it is known, and whether its pictures are wanted."""
    mine = (site_incidents.c.site == site, site_incidents.c.incident == incident)
    if not has_table(connection, picture_wishes):
        return connection.execute(select(site_incidents.c.here).where(*mine)).scalar(), False
    query = select(site_incidents.c.here, picture_wishes.c.incident).where(*mine)
    wishes = picture_wishes.c.incident == site_incidents.c.here
    row = connection.execute(query.outerjoin_from(site_incidents, picture_wishes, wishes)).first()
    return (None, False) if row is None else (row.here, row.incident is not None)


def _free(connection: Connection, incident: UUID, site: str) -> UUID:
    """The same id; another one if it is another's incident: a site that uses ids of others takes nothing from them."""
    taken_by_another = exists().where(incidents.c.id == incident)
    return _renamed(incident, site) if connection.execute(select(taken_by_another)).scalar() else incident


def _renamed(given: UUID, site: str) -> UUID:
    return uuid5(given, f"site/{site}")


def _note(connection: Connection, dispatch: Dispatch, now: float) -> None:
    site, place = dispatch.site, dispatch.place
    connection.execute(
        insert(arrivals).values(
            site=site, dispatch=dispatch.id, line=place.line, number=place.number, at=dispatch.at, arrived_at=now
        )
    )
    connection.execute(delete(arrival_gaps).where(*_at(arrival_gaps, site, place.line, place.number)))
    _look_for(connection, site, place.line, place.after, now)


def _look_for(connection: Connection, site: str, line: UUID, number: int, now: float) -> None:
    """Note that the dispatch `number` has not come, if so; 0 is none."""
    for table in (arrivals, arrival_gaps):
        if number == 0 or connection.execute(select(table.c.number).where(*_at(table, site, line, number))).first():
            return
    row = {"site": site, "line": line, "number": number, "noticed_at": now}
    connection.execute(insert(arrival_gaps).values(row))


def _at(table: Table, site: str, line: UUID, number: int) -> tuple[ColumnElement[bool], ...]:
    return table.c.site == site, table.c.line == line, table.c.number == number
