"""What has arrived at a receiver over all its lives."""

import threading

from vigilanza.lab.drill.party import Arrival


class Arrivals:
    """Any thread may use it. A receiver knows an alert again by its `id`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: dict[str, Arrival] = {}

    def note(self, id_: str, arrival: Arrival) -> None:
        """An id that is known from before changes nothing."""
        with self._lock:
            self._first.setdefault(id_, arrival)

    @property
    def all(self) -> list[Arrival]:
        """In the order of first arrival; one that came under two ids is there twice."""
        with self._lock:
            return list(self._first.values())
