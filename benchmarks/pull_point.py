"""A VMS that pulls from the site's ONVIF device, and when it got what."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import httpx

from vigilanza.clock import Clock
from vigilanza.lab.onvif_client import OnvifClient

USER, PASSWORD = "vms", "a plain password"
PASSWORD_ENV = "BENCHMARK_ONVIF_PASSWORD"
_PULL_S = 5.0


def free_port() -> int:
    """One on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Vms:
    """Notes the first message about each incident."""

    def __init__(self, *, port: int, clock: Clock) -> None:
        self._clock = clock
        self._client = OnvifClient(port=port, user=USER, password=PASSWORD)
        self._got: dict[UUID, float] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()

    @contextmanager
    def pulling(self) -> Iterator[None]:
        """In a thread of its own, until the end."""
        thread = threading.Thread(target=self._pull, args=(self._subscribe(),), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._client.close()

    def wait_for(self, count: int, seconds: float) -> Mapping[UUID, float]:
        """When each incident was heard of, UTC, once they are `count` or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._got) >= count, seconds)
            return dict(self._got)

    def _subscribe(self) -> str:
        """Once the device is up."""
        while True:
            with suppress(httpx.TransportError):
                return self._client.subscribe()
            self._clock.wait(0.1, self._stop)

    def _pull(self, point: str) -> None:
        while not self._stop.is_set():
            told = self._client.pull(point, seconds=_PULL_S)
            at = self._clock.now()
            with self._changed:
                for one in told:
                    if incident := one.items.get("vgz:IncidentId"):
                        self._got.setdefault(UUID(incident), at)
                self._changed.notify_all()
