"""A VMS that pulls from the site's ONVIF device, and when it got what."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import httpx
from lxml import etree

from vigilanza.clock import Clock

USER, PASSWORD = "vms", "a plain password"
PASSWORD_ENV = "BENCHMARK_ONVIF_PASSWORD"
_NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
}
_PULL = "<tev:PullMessages><tev:Timeout>PT5S</tev:Timeout><tev:MessageLimit>100</tev:MessageLimit></tev:PullMessages>"


def free_port() -> int:
    """One on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Vms:
    """Notes the first message about each incident."""

    def __init__(self, *, port: int, clock: Clock) -> None:
        self._clock, self._port = clock, port
        self._http = httpx.Client(auth=httpx.DigestAuth(USER, PASSWORD), trust_env=False, timeout=30.0)
        self._got: dict[UUID, float] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()

    @contextmanager
    def pulling(self) -> Iterator[None]:
        """In a thread of its own, until the end."""
        point = self._subscribe()
        thread = threading.Thread(target=self._pull, args=(point,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._http.close()

    def wait_for(self, count: int, seconds: float) -> Mapping[UUID, float]:
        """When each incident was heard of, UTC, once they are `count` or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._got) >= count, seconds)
            return dict(self._got)

    def _subscribe(self) -> str:
        """Once the device is up."""
        body = "<tev:CreatePullPointSubscription/>"
        while True:
            with suppress(httpx.TransportError):
                return str(self._ask(body, f"http://127.0.0.1:{self._port}/onvif/events").findtext(".//{*}Address"))
            self._clock.wait(0.1, self._stop)

    def _pull(self, point: str) -> None:
        while not self._stop.is_set():
            answer = self._ask(_PULL, point)
            at = self._clock.now()
            items = answer.iterfind(".//{*}NotificationMessage//{*}SimpleItem[@Name='vgz:IncidentId']")
            with self._changed:
                for item in items:
                    if item.get("Value"):
                        self._got.setdefault(UUID(item.get("Value")), at)
                self._changed.notify_all()

    def _ask(self, body: str, url: str) -> etree._Element:
        declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
        envelope = f"<s:Envelope {declared}><s:Body>{body}</s:Body></s:Envelope>"
        headers = {"content-type": "application/soap+xml; charset=utf-8"}
        answer = self._http.post(url, content=envelope.encode(), headers=headers)
        answer.raise_for_status()
        return etree.fromstring(answer.content)
