"""Whoever is at a receiver's address instead of the receiver: with any certificate, answering anything."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import trustme
from sqlalchemy import Engine

from tests.cap import PREMISES as CAP_PREMISES
from tests.cap import ROOM, claimed, confirmed, endpoint, parties
from tests.dc09 import PREMISES, RAISED
from tests.mqtt import TOLD, channel_at
from tests.webhook import ALERT, SECRET
from vigilanza.app.cap import cap_peer
from vigilanza.bridge.cap_channel import CapChannel
from vigilanza.bridge.cap_desk import CapDesk
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.pictures import NoPictures
from vigilanza.bridge.webhook import WebhookChannel
from vigilanza.bridge.xprotect import XprotectChannel
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Alert
from vigilanza.store.mailbox import Mailbox
from vigilanza.store.replies import Replies


@dataclass
class Stranger:
    """Answers each connection's first words by calling `say` with the line."""

    tls: ssl.SSLContext
    say: Callable[[socket.socket], None]
    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            with suppress(OSError), self.tls.wrap_socket(plain, server_side=True) as line:
                line.settimeout(10.0)
                if first := line.recv(65_536):
                    self.heard.append(first)
                    self.say(line)


@contextmanager
def stranger(tls: ssl.SSLContext, say: Callable[[socket.socket], None]) -> Iterator[Stranger]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        it = Stranger(tls, say, port=int(server.getsockname()[1]))
        thread = threading.Thread(target=it.serve, args=(server,), daemon=True)
        thread.start()
        yield it
        server.shutdown(socket.SHUT_RDWR)
    thread.join(20)
    assert not thread.is_alive()


@dataclass(frozen=True)
class Way:
    """A channel over TLS, and an alert that it can tell."""

    channel: Channel
    alert: Alert


def ways(engine: Engine, folder: Path, authority: trustme.CA, port: int, *, deadline: float) -> dict[str, Way]:
    """Every channel that speaks TLS, to a port of this machine, trusting the authority."""
    ca_file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    known, clock = parties(folder), SystemClock()

    def line(certificate: Path | None = None) -> HttpsLine:
        return HttpsLine(
            name="receiver",
            url=str(httpx.URL(scheme="https", host="localhost", port=port, path="/")),
            clock=clock,
            ca_file=ca_file,
            client_certificate=certificate,
            allow_loopback=True,
            idempotent=True,
            deadline=deadline,
            resolve=lambda host, at: ["127.0.0.1"],
        )

    confirmed(engine)
    peer = cap_peer(endpoint(ROOM, known), CAP_PREMISES, clock, NoPictures())
    desk = CapDesk(peer=peer, mailbox=Mailbox(engine, peer.id), replies=Replies(engine), clock=clock)
    broker = channel_at(url=f"mqtts://localhost:{port}", ca_file=ca_file, deadline=deadline)
    xprotect = XprotectChannel(line=line(), cameras={"b3-landing": "10.20.4.23"}, premises=PREMISES)
    return {
        "webhook": Way(WebhookChannel(line=line(), secret=SECRET, site="0423", clock=clock), ALERT),
        "cap": Way(CapChannel(line=line(known.ours.file), peer=peer, desk=desk), claimed(engine).alert),
        "xprotect": Way(xprotect, RAISED),
        "mqtt": Way(broker, TOLD),
    }
