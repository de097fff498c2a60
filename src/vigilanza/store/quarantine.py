"""What came to the centre and was not taken: kept as it came, until a person has dealt with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, insert, select

from vigilanza.domain.message import Message
from vigilanza.store.database import reading, writing
from vigilanza.store.schema_centre import refused_dispatches
from vigilanza.store.standings import refused

KEPT_MAX = 1000
"""So many of each site; what comes then is counted only."""
LONGEST = 400
UNKNOWN = ""
"""The site of what comes in the name of none that is configured."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One message that was not taken at `at` (UTC, Unix seconds), and why."""

    position: int
    site: str
    at: float
    why: str
    message: Message


class Quarantine:
    """Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, refusals: Sequence[tuple[str, Message, str]], now: float) -> int:
        """Site, message and why of each: counted always, and kept while there is room. How many were kept."""
        kept = 0
        with writing(self._engine) as connection:
            for site, message, why in refusals:
                refused(connection, site, now=now)
                mine = refused_dispatches.c.site == site
                if connection.execute(select(func.count()).where(mine)).scalar_one() >= KEPT_MAX:
                    continue
                connection.execute(
                    insert(refused_dispatches).values(
                        site=site,
                        at=now,
                        why=_plain(why),
                        subject=_plain(message.subject),
                        signature=_plain(message.signature),
                        body=message.body,
                    )
                )
                kept += 1
        return kept

    def count(self, site: str, now: float) -> None:
        """What is worth nothing later is counted only."""
        with writing(self._engine) as connection:
            refused(connection, site, now=now)

    def kept(self, *, after: int = 0, limit: int = 100) -> list[Refused]:
        """Those behind the position `after`, oldest first."""
        behind = select(refused_dispatches).where(refused_dispatches.c.position > after)
        with reading(self._engine) as connection:
            rows = connection.execute(behind.order_by(refused_dispatches.c.position).limit(limit))
            return [
                Refused(row.position, row.site, row.at, row.why, Message(row.subject, row.signature, row.body))
                for row in rows
            ]

    def release(self, position: int) -> None:
        """It was taken after all."""
        with writing(self._engine) as connection:
            connection.execute(delete(refused_dispatches).where(refused_dispatches.c.position == position))


def _plain(said: str) -> str:
    """Printable ASCII, so that every database takes it, whatever somebody sent."""
    return "".join(letter for letter in said if " " <= letter <= "~")[:LONGEST]
