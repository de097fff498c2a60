"""Which of some events are not on record yet."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid5

from sqlalchemy import Connection, select

from vigilanza.domain.events import Event, Severity
from vigilanza.store.schema import events


def untold(connection: Connection, new: Sequence[Event]) -> list[Event]:
    """Those of `new` that are not, by their ids, each once.

    Boxes that go on with one incident may give its next event, and so its id, different severities: what is graver
    than what is on record comes back under an id of its own.
    """
    graver = {event.id: uuid5(event.id, event.severity) for event in new}
    ids = [*graver, *graver.values()]
    rows = connection.execute(select(events.c.id, events.c.body).where(events.c.id.in_(ids)))
    ranks = {row.id: Severity(row.body["severity"]).rank for row in rows}
    found = []
    for event in new:
        is_graver = event.severity.rank > ranks.get(event.id, event.severity.rank)
        one = replace(event, id=graver[event.id]) if is_graver else event
        if one.id not in ranks:
            ranks[one.id] = one.severity.rank
            found.append(one)
    return found
