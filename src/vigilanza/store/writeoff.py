"""A debt ends without a receipt: one person asks and says why, another grants it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row

from vigilanza.domain.ask import Act, Ask, check_second
from vigilanza.domain.errors import WriteOffRefused
from vigilanza.store import ledger
from vigilanza.store.asks import note_ask, note_grant, open_ask, open_asks
from vigilanza.store.database import mark_changed, writing
from vigilanza.store.ledger import OWED, WRITTEN_OFF


class WriteOffs:
    """Each act is audited in the transaction that does it. UnknownRecord if there is no such alert.

    ValueError if it was already paid or written off. Every method may raise JournalUnavailable.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, alert_id: UUID, *, by: str, why: str, now: float) -> Ask:
        """A named person asks that the debt ends. WriteOffRefused if somebody did already."""
        ledger.said(by, why)
        with writing(self._engine) as connection:
            row = _owed(connection, alert_id)
            if open_ask(connection, Act.WRITE_OFF, str(alert_id), now) is not None:
                raise WriteOffRefused("id", "somebody has asked for this already: another person grants it")
            ask = note_ask(connection, Act.WRITE_OFF, str(alert_id), reason=why, by=by, at=now)
            ledger.audit(connection, row, now=now, who=by, action="alert.write_off_asked", said=why)
            mark_changed(connection)
        return ask

    def grant(self, alert_id: UUID, *, by: str, now: float) -> None:
        """Another person ends the debt. WriteOffRefused for who asked, and if nobody did within a day."""
        with writing(self._engine) as connection:
            row = _owed(connection, alert_id)
            ask = open_ask(connection, Act.WRITE_OFF, str(alert_id), now)
            if ask is None:
                raise WriteOffRefused("id", "nobody has asked for this within 24 hours: ask first")
            check_second(ask.asked_by, by, "grant the write-off", WriteOffRefused)
            said = f"{ledger.said(ask.asked_by, ask.reason)} ({by})"
            values = {"state": WRITTEN_OFF, "why": said, "ended_at": now}
            ledger.audit(connection, row, now=now, who=by, action="alert.written_off", said=said)
            ledger.change(connection, row, values, now=now, what="written_off", detail=said)
            ledger.end_carried(connection, row, values, now=now, what="written_off")
            note_grant(connection, ask, by=by, at=now)


def asked_among(connection: Connection, rows: Collection[Row[Any]]) -> dict[str, Ask]:
    """Of those debts that are owed, who asked last that they end; by alert."""
    return open_asks(connection, Act.WRITE_OFF, [str(row.id) for row in rows if row.state in OWED])


def _owed(connection: Connection, alert_id: UUID) -> Row[Any]:
    row = ledger.find(connection, alert_id)
    if row.state not in OWED:
        raise ValueError(f"a delivery that is {row.state} cannot be written off")
    return row
