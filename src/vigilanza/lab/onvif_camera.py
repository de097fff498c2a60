"""A simulated ONVIF camera: SOAP over HTTP or HTTPS, with faults on demand. Its pictures come from a CameraServer."""

import hashlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from vigilanza.clock import Clock, SystemClock
from vigilanza.lab.digest import Digest
from vigilanza.lab.onvif_device import SERVICES, SimDevice
from vigilanza.lab.onvif_events import SimEvents
from vigilanza.lab.onvif_faults import OnvifFaults
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.onvif_security import TokenCheck
from vigilanza.lab.soap import SoapFault, SoapRequest, answer, fault

UNAUTHENTICATED = {"tds:GetSystemDateAndTime", "tds:GetServices", "tds:GetCapabilities"}
"""PRE_AUTH in the core specification's access classes: a client needs the first to sign at all."""
REQUEST_MAX_BYTES = 100_000
ENDLESS_MEGABYTES = 32
"""So much an answer without end says before it falls silent: enough to be noticed, and no harm to a machine."""


class OnvifCamera:
    """Serves device, media and event services on `host`:`port` (0: a free one) from `with` to the end of it.

    It knows one user. Like a real camera it has a clock of its own (`faults.clock_ahead`), refuses tokens that are
    stale or were used before, and forgets its subscriptions when it is rebooted.
    """

    def __init__(
        self,
        profiles: Sequence[SimProfile],
        *,
        user: str,
        password: str,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        services: Sequence[str] = tuple(SERVICES),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`services` are the prefixes of those it has: tds, trt, tr2, tev. With `tls` it speaks HTTPS only."""
        self.faults = OnvifFaults()
        self.requests: deque[str] = deque(maxlen=1000)
        """Operations that were asked for, the last 1000, as prefix:Name."""
        self._host, self._port, self._clock = host, port, clock or SystemClock()
        self._user, self._password, self._tls = user, password, tls
        serial = "SIM" + hashlib.sha256(f"{host}:{port}".encode()).hexdigest()[:8]
        self.device = SimDevice(
            profiles=profiles, serial=serial, faults=self.faults, base=self._base, now=self._now, services=services
        )
        self.events = SimEvents(faults=self.faults, base=self._base, now=self._now)
        self.security = TokenCheck(user=user, password=password, now=self._now)
        self.digest = Digest(user=user, password=password)
        self.closing = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.events.close()
        self.unplug()

    @property
    def port(self) -> int:
        """The port it listens on; stays the same over `unplug` and `plug_in`."""
        return self._port

    @property
    def address(self) -> str:
        """host:port, as a technician would type it."""
        return f"{self._host}:{self._port}"

    @property
    def xaddr(self) -> str:
        """The address of its device service, as it announces it."""
        return self._base() + SERVICES["tds"]

    def unplug(self) -> None:
        """Break all connections and refuse new ones."""
        self.closing.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut()
            self._thread.join()
            self._server = None

    def plug_in(self) -> None:
        """Listen (again)."""
        self.closing.clear()
        self._server = _Server((self._host, self._port), _Answering, tls=self._tls)
        self._server.camera = self
        self._port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulated ONVIF camera", daemon=True
        )
        self._thread.start()

    def reboot(self) -> None:
        """Go away and come back: all connections are cut and all subscriptions forgotten."""
        self.unplug()
        self.forget()
        self.plug_in()

    def forget(self) -> None:
        """What a reboot forgets: subscriptions, and the tokens that were used."""
        self.events.forget()
        self.security = TokenCheck(user=self._user, password=self._password, now=self._now)

    def set_password(self, password: str) -> None:
        """From now on the user has this password."""
        self._password = password
        self.security = TokenCheck(user=self._user, password=password, now=self._now)
        self.digest = Digest(user=self._user, password=password)

    def answer(self, raw: bytes, path: str, authorization: str) -> tuple[int, bytes]:
        """HTTP status and body for one request; `authorization` is the header of that name, or empty."""
        try:
            request = SoapRequest.parse(raw, path)
            self.requests.append(request.operation)
            if request.operation not in UNAUTHENTICATED:
                if not self.faults.http_digest:
                    self.security.require(request)
                elif not self.digest.accepts("POST", authorization):
                    return 401, b""
            for part in (self.device, self.events):
                if part.knows(request.operation):
                    return 200, answer(part.answer(request))
            raise SoapFault("ter:ActionNotSupported", f"{request.operation} is not supported", status=500)
        except SoapFault as error:
            return error.status, fault(error)

    def _now(self) -> float:
        return self._clock.now() + self.faults.clock_ahead

    def _base(self) -> str:
        host = self.faults.announced_host or self._host
        if self.faults.announced_plain:
            return f"http://{host}"
        return f"{'http' if self._tls is None else 'https'}://{host}:{self._port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    camera: OnvifCamera

    def __init__(self, *arguments: Any, tls: ssl.SSLContext | None) -> None:
        self._open: set[socket.socket] = set()
        self._tls = tls
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, peer = super().get_request()
        if self._tls is not None:  # the handshake comes with the first bytes, so that nobody keeps the others waiting
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """End all connections now."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended by itself meanwhile

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up, or that we cut off, is nothing to talk about."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120.0

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        camera = self.server.camera
        raw = self.rfile.read(min(int(self.headers.get("content-length", "0")), REQUEST_MAX_BYTES))
        if camera.faults.silent:
            camera.closing.wait()
            return
        camera.closing.wait(camera.faults.slow)
        if camera.faults.sends_on_to is not None:
            self.send_response(307)
            self.send_header("location", camera.faults.sends_on_to + self.path)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        if camera.faults.endless:
            self._talk()
            return
        status, body = camera.answer(raw, self.path, self.headers.get("authorization", ""))
        if camera.faults.garbage:
            status, body = 200, b"<html>Please log in"
        self.send_response(status)
        if status == 401:
            self.send_header("www-authenticate", camera.digest.challenge)
        self.send_header("content-type", "application/soap+xml; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _talk(self) -> None:
        """More than anybody should want to hear, and no end of it."""
        assert isinstance(self.server, _Server)
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", "application/soap+xml; charset=utf-8")
        self.end_headers()
        with suppress(OSError):  # nobody listens any more
            for _ in range(ENDLESS_MEGABYTES):
                self.wfile.write(b" " * 1_000_000)
            self.server.camera.closing.wait()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: requests are kept in `OnvifCamera.requests`."""
