"""What a channel must still know after a restart: a few short texts per destination, e.g. its last sequence number."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, delete, insert, select

from vigilanza.store.database import reading, writing
from vigilanza.store.schema_bridge import notes


class Notebook:
    """The notes of one destination, by name (at most 64 letters). Every method may raise JournalUnavailable.

    Several relays may serve one destination: `change` is one transaction, alone.
    """

    def __init__(self, engine: Engine, destination: str) -> None:
        self._engine, self._destination = engine, destination

    def read(self, name: str) -> str | None:
        """The note, None if there is none."""
        with reading(self._engine) as connection:
            return self._read(connection, name)

    def change(self, name: str, how: Callable[[str | None], str | None]) -> str | None:
        """Replace the note by what `how` makes of it (None removes it); gives the new one."""
        with writing(self._engine) as connection:
            text = how(self._read(connection, name))
            here = (notes.c.destination == self._destination, notes.c.name == name)
            connection.execute(delete(notes).where(*here))
            if text is not None:
                connection.execute(insert(notes).values(destination=self._destination, name=name, text=text))
        return text

    def _read(self, connection: Connection, name: str) -> str | None:
        query = select(notes.c.text).where(notes.c.destination == self._destination, notes.c.name == name)
        text = connection.execute(query).scalar()
        return None if text is None else str(text)
