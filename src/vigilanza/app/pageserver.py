"""Where the control room's page is served, encrypted if there is a certificate."""

import ssl
import threading
from collections.abc import Callable, Sequence

import structlog
import uvicorn
from fastapi import FastAPI

from vigilanza.bridge.listening import Listening
from vigilanza.clock import Clock
from vigilanza.config import Web

log = structlog.get_logger(__name__)

WORD_MAX_BYTES = 1024


class PageServer(uvicorn.Server):
    """Knows where it listens. Run in a thread of its own, it leaves signals to the process.

    ConfigError if its certificate cannot be used.
    """

    def __init__(self, app: FastAPI, settings: Web) -> None:
        listening = Listening(settings.host, settings.port, settings.certificate, settings.key)
        context = listening.tls("web")
        super().__init__(_serving(app, listening, context))
        self._scheme, self._told = "http" if context is None else "https", False

    def serve_until(
        self, keepers: Sequence[Callable[[threading.Event], None]], clock: Clock, stop: threading.Event
    ) -> bool:
        """Until `stop` is set, or the server gives up; True if it was up at all. The keepers run beside it."""
        thread = threading.Thread(target=self.run, name="web", daemon=True)
        keeping = [threading.Thread(target=run, args=(stop,), daemon=True) for run in keepers]
        for one in (thread, *keeping):
            one.start()
        while thread.is_alive() and not clock.wait(0.1, stop):
            if self.started and not self._told:
                self._told = True
                log.info("page is up", address=self._address())
        self.should_exit = True
        thread.join(timeout=10.0)
        if stop.is_set():
            for one in keeping:
                one.join(timeout=10.0)
        return self._told

    def _address(self) -> str:
        """Where the page is."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"{self._scheme}://{host}:{port}/"


def _serving(app: FastAPI, listening: Listening, context: ssl.SSLContext | None) -> uvicorn.Config:
    """Pictures are compressed already; what a page says at a WebSocket is a word."""
    return uvicorn.Config(
        app,
        host=listening.host,
        port=listening.port,
        ssl_context_factory=None if context is None else lambda _config, _default: context,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=WORD_MAX_BYTES,
        ws_per_message_deflate=False,
    )
