"""How the way to each destination is, and when it was lost and found again."""

from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update

from vigilanza.domain.delivery import SignOfLife
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema_bridge import line_changes, lines


@dataclass(frozen=True, slots=True)
class LineState:
    """Times are UTC in Unix seconds: in this state `since`, last `tried_at`, last answer `heard_at`.

    `destination`: its id, or a `path_line`; `seconds`: how long the last sign of life took; `why`: the last fault,
    empty while the way is up.
    """

    destination: str
    up: bool
    since: float
    tried_at: float
    heard_at: float | None
    seconds: float | None
    certificate_until: float | None
    why: str


def path_line(destination: str, path: str) -> str:
    """What one of several ways to a destination is called among the lines; no destination's id has a slash."""
    return f"{destination}/{path}"


class Lines:
    """Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def found(self, destination: str, sign: SignOfLife, now: float) -> bool:
        """The other party answered. True if the way had been lost, or was never tried."""
        seen = {"heard_at": now, "seconds": sign.seconds, "why": ""}
        if sign.certificate_until is not None:
            seen["certificate_until"] = sign.certificate_until
        return self._note(destination, up=True, now=now, seen=seen)

    def lost(self, destination: str, why: str, now: float) -> bool:
        """The other party did not answer. True if it had until now, or was never tried."""
        return self._note(destination, up=False, now=now, seen={"why": why})

    def all(self) -> list[LineState]:
        """As they were noted last, by destination."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(lines).order_by(lines.c.destination)).mappings()
            return [LineState(**row) for row in rows]

    def _note(self, destination: str, *, up: bool, now: float, seen: dict[str, object]) -> bool:
        with writing(self._engine) as connection:
            query = select(lines.c.up, lines.c.why).where(lines.c.destination == destination)
            before = connection.execute(query).first()
            changed = before is None or before.up is not up
            values: dict[str, object] = {"up": up, "tried_at": now, **seen}
            if changed:
                values["since"] = now
                told = {"destination": destination, "at": now, "up": up, "why": seen["why"]}
                connection.execute(insert(line_changes).values(told))
            if before is None or (before.up, before.why) != (up, seen["why"]):
                mark_changed(connection)
            if before is None:
                connection.execute(insert(lines).values(destination=destination, **values))
            else:
                connection.execute(update(lines).where(lines.c.destination == destination).values(values))
        return changed
