"""Contacts at the doors, wired to a digital input of the camera that sees them: told between the pictures."""

import threading
from collections.abc import Sequence

from vigilanza.domain.door import Door, Role
from vigilanza.domain.observation import Fact, Observation


class Contacts:
    """Those of one camera's sealed doors. Any thread may tell; what was told is observed with the next picture.

    A contact is believed until it says otherwise. One that opened and closed between two pictures is seen once.
    """

    def __init__(self, doors: Sequence[Door]) -> None:
        self._contacts = {door.id: door.contact for door in doors if door.contact and door.role is Role.SEALED}
        self._lock = threading.Lock()
        self._told: dict[str, bool] = {}
        self._opened: set[str] = set()

    def hear(self, source: str, active: bool) -> None:
        """An input is on or off; `source` names it as the camera does, perhaps with parts before it (vs0/in1)."""
        names = source.lower().split("/")
        with self._lock:
            for door, contact in self._contacts.items():
                if contact.input.lower() in names:
                    self._told[door] = active is contact.open_when
                    if self._told[door]:
                        self._opened.add(door)

    def observations(self) -> list[Observation]:
        """CONTACT_OPEN for each door whose contact is open, or was since the last call."""
        with self._lock:
            opened, self._opened = self._opened, set()
            return [
                Observation(Fact.CONTACT_OPEN, 1.0, door)
                for door in self._contacts
                if self._told.get(door, False) or door in opened
            ]

    @property
    def untold(self) -> tuple[str, ...]:
        """Doors whose contact has never been told of: wrong name of the input, or nothing wired to it."""
        return tuple(door for door in self._contacts if door not in self._told)
