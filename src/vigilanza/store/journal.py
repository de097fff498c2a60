"""The journal: events and decisions, committed together with the alerts they owe."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, tzinfo
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.aftermath import StepTaken
from vigilanza.domain.alert import alert_for_test, alerts_for_decision, alerts_for_event
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Alert, Destination
from vigilanza.domain.events import Event, Phase, event_from_json, event_to_json
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.domain.update import alerts_for_update
from vigilanza.store import ledger
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.picturewish import want_pictures
from vigilanza.store.schema import decisions, events, feed, incidents
from vigilanza.store.schema_centre import site_incidents
from vigilanza.store.summary import confirmed_avs, first_entry_at, minors_known, site_of, summary_of
from vigilanza.store.together import first_hit_with
from vigilanza.store.untold import untold


class Journal:
    """Promise 1: an event (or decision) and its deliveries are committed together or not at all."""

    def __init__(
        self,
        *,
        engine: Engine,
        destinations: Sequence[Destination],
        clock: Clock,
        site: str,
        zone: tzinfo = UTC,
        flagrante: float = FLAGRANTE_SECONDS,
    ) -> None:
        """`zone` is the site's: the sentences of its alerts tell times by its clock; `flagrante`: how many seconds its
        window lasts.
        """
        self._engine, self._clock, self._site, self._zone = engine, clock, site, zone
        self._flagrante = flagrante
        self._destinations = tuple(destinations)

    def record(self, new: Sequence[Event]) -> None:
        """Events and the alerts they owe, in one transaction; an event already known (by id) changes nothing, unless
        another box took it for something graver: that is told beside it.

        JournalUnavailable if nothing was recorded: give the same events again.
        """
        if not new:
            return
        with writing(self._engine) as connection:
            self.write(connection, new)

    def write(self, connection: Connection, new: Sequence[Event]) -> None:
        """The same inside the caller's writing transaction."""
        for event in untold(connection, new):
            self._record_one(connection, event)

    def decide(self, decision: Decision) -> None:
        """An operator's decision, its alerts and its audit record, in one transaction; the latest one counts.

        UnknownRecord if there is no such incident, JournalUnavailable if nothing was recorded. The same decision
        twice changes nothing.
        """
        with writing(self._engine) as connection:
            self.write_decision(connection, decision)

    def write_decision(self, connection: Connection, decision: Decision) -> None:
        """The same inside the caller's writing transaction."""
        if connection.execute(select(decisions.c.id).where(decisions.c.id == decision.id)).first():
            return
        summary = summary_of(connection, decision.incident)
        verdict = {"avs": decision.avs} if decision.reason is None else {"reason": decision.reason.value}
        append_record(
            connection,
            at=self._clock.now(),
            who=decision.operator,
            action="incident.confirmed" if decision.confirmed else "incident.rejected",
            subject=str(decision.incident),
            detail=verdict,
        )
        _insert_decision(connection, decision)
        if decision.confirmed:
            want_pictures(connection, decision.incident, by=decision.operator, at=self._clock.now(), pinned=True)
        numbers = ledger.Numbers(connection, decision.incident)
        alerts = alerts_for_decision(
            decision,
            destinations=self._destinations,
            summary=summary,
            site=site_of(connection, decision.incident) or self._site,
            told=numbers.told,
            next_sequence=numbers.take,
            zone=self._zone,
            flagrante=self._flagrante,
            minors=minors_known(connection, decision.incident),
        )
        ledger.queue(connection, alerts, now=self._clock.now())
        mark_changed(connection)

    def owe_update(self, connection: Connection, mark: StepTaken) -> None:
        """Owe those who may know it that minors are present, inside the caller's writing transaction.

        UnknownRecord if there is no such incident, ValueError if nobody has confirmed it.
        """
        avs = confirmed_avs(connection, mark.incident)
        if avs is None:
            raise ValueError(f"incident {mark.incident} is not confirmed")
        numbers = ledger.Numbers(connection, mark.incident)
        alerts = alerts_for_update(
            mark,
            destinations=self._destinations,
            summary=summary_of(connection, mark.incident),
            avs=avs,
            site=site_of(connection, mark.incident) or self._site,
            told=numbers.told,
            next_sequence=numbers.take,
            flagrante=self._flagrante,
        )
        ledger.queue(connection, alerts, now=self._clock.now())

    def test(self, destination: Destination, *, incident: UUID, by: str) -> Alert:
        """Owe `destination` a marked test, on which nobody acts, in the name of `by`; audited. `incident` is a new id.

        JournalUnavailable if nothing was recorded.
        """
        now = self._clock.now()
        alert = alert_for_test(destination, incident=incident, at=now, by=by, site=self._site)
        with writing(self._engine) as connection:
            detail = {"destination": destination.id}
            append_record(connection, at=now, who=by, action="alert.tested", subject=str(alert.id), detail=detail)
            ledger.queue(connection, [alert], now=now)
            mark_changed(connection)
        return alert

    def open_incidents(self) -> list[Event]:
        """All events of every open incident of our own cameras, oldest incident first: what a restarted watch goes on
        from.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(events.c.body)
                .join(incidents, events.c.incident == incidents.c.id)
                .where(incidents.c.open, incidents.c.id.not_in(select(site_incidents.c.here)))
                .order_by(incidents.c.first_at, incidents.c.id, events.c.sequence, events.c.at)
            )
            return [event_from_json(body) for body in rows.scalars()]

    def open_at(self, doors: Mapping[str, AbstractSet[str | None]]) -> list[Event]:
        """All events, in order, of the latest open incident at each of these doors of our own cameras; None: of the
        view.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(incidents.c.id, incidents.c.camera, incidents.c.door)
                .where(incidents.c.open, incidents.c.camera.in_(list(doors)))
                .where(incidents.c.id.not_in(select(site_incidents.c.here)))
                .order_by(incidents.c.last_at)
            )
            latest = {(row.camera, row.door): row.id for row in rows if row.door in doors[row.camera]}
            told = select(events.c.body).where(events.c.incident.in_(list(latest.values())))
            bodies = connection.execute(told.order_by(events.c.incident, events.c.sequence, events.c.at)).scalars()
            return [event_from_json(body) for body in bodies] if latest else []

    def _record_one(self, connection: Connection, event: Event) -> None:
        first_at = _upsert_incident(connection, event)
        connection.execute(
            insert(events).values(
                id=event.id, incident=event.incident, sequence=event.sequence, at=event.at, body=event_to_json(event)
            )
        )
        connection.execute(insert(feed).values(incident=event.incident, event=event.id, at=event.at))
        if self._destinations:
            self._owe(connection, event, first_at)
        mark_changed(connection)

    def _owe(self, connection: Connection, event: Event, first_at: float) -> None:
        numbers = ledger.Numbers(connection, event.incident)
        alerts = alerts_for_event(
            event,
            destinations=self._destinations,
            confirmed_avs=confirmed_avs(connection, event.incident),
            first_at=first_at,
            first_entry_at=first_entry_at(connection, event.incident),
            site=site_of(connection, event.incident) or self._site,
            told=numbers.told,
            next_sequence=numbers.take,
            zone=self._zone,
            flagrante=self._flagrante,
            together=first_hit_with(connection, event.incident),
            minors=minors_known(connection, event.incident),
        )
        ledger.queue(connection, alerts, now=self._clock.now())


def _upsert_incident(connection: Connection, event: Event) -> float:
    """Bring the incident's row in step with `event`; when the incident began, UTC in Unix seconds."""
    row = connection.execute(select(incidents).where(incidents.c.id == event.incident)).first()
    latest = {
        "phase": event.phase.value,
        "kind": event.kind.value,
        "open": event.phase is not Phase.CLOSED,
        "last_at": event.at,
        "last_sequence": event.sequence,
    }
    if row is None:
        connection.execute(
            insert(incidents).values(
                id=event.incident,
                camera=event.camera,
                door=event.door,
                severity=event.severity.rank,
                first_at=event.at,
                **latest,
            )
        )
        return event.at
    first_at = min(float(row.first_at), event.at)
    changed: dict[str, object] = {"first_at": first_at, "severity": max(int(row.severity), event.severity.rank)}
    if (event.sequence, event.at) > (row.last_sequence, row.last_at):
        changed |= latest
    connection.execute(update(incidents).where(incidents.c.id == event.incident).values(changed))
    return first_at


def _insert_decision(connection: Connection, decision: Decision) -> None:
    values = {name: getattr(decision, name) for name in ("id", "incident", "operator", "at", "avs")}
    reason = None if decision.reason is None else decision.reason.value
    connection.execute(insert(decisions).values(**values, reason=reason))
    line = {"incident": decision.incident, "decision": decision.id, "at": decision.at}
    connection.execute(insert(feed).values(line))
