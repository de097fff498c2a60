"""The office, open, with those who call at it."""

import threading
from queue import Queue

import httpx
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, select

from tests.cap import NOW, PREMISES, Parties, caller, office
from tests.fakes import FakeClock
from vigilanza.domain.premises import Premises
from vigilanza.lab.cap_party import CapParty
from vigilanza.store.audit import AuditChain
from vigilanza.store.schema_bridge import deliveries, replies, transitions


class Open:
    """The office, open; and what it counted."""

    def __init__(self, engine: Engine, known: Parties, *, premises: Premises = PREMISES) -> None:
        self.engine, self.known, self.registry = engine, known, CollectorRegistry()
        self._ports: Queue[int] = Queue()
        self._stop = threading.Event()
        served = office(engine, known, self.registry, premises=premises, on_listening=self._ports.put)
        self._thread = threading.Thread(target=served.run, args=(self._stop,), daemon=True)

    def __enter__(self) -> "Open":
        self._thread.start()
        self.url = f"https://localhost:{self._ports.get(timeout=20)}"
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def post(self, document: bytes, *, who: CapParty | None = None) -> httpx.Response:
        with caller(who or self.known.room, self.known.ours) as client:
            return client.post(f"{self.url}/cap", content=document, headers={"content-type": "application/cap+xml"})

    def get(self, path: str, *, who: CapParty | None = None) -> httpx.Response:
        with caller(who or self.known.room, self.known.ours) as client:
            return client.get(f"{self.url}{path}")

    def counted(self, why: str, *, destination: str = "room") -> float:
        labels = {"destination": destination, "why": why}
        return self.registry.get_sample_value("vigilanza_cap_refused_total", labels) or 0.0

    def ack(self, *refers: str, who: CapParty | None = None, kind: str = "Ack", status: str = "Exercise") -> bytes:
        party = who or self.known.room
        return party.sign(party.reply(refers, at=NOW, kind=kind, status=status))

    def state(self) -> tuple[object, ...]:
        """Everything that an answer may change."""
        with self.engine.connect() as connection:
            kept = connection.execute(select(replies.c.kind, replies.c.sha256)).all()
            states = connection.execute(select(deliveries.c.id, deliveries.c.state)).all()
            log = connection.execute(select(transitions.c.what)).all()
        return kept, states, log, len(AuditChain(engine=self.engine, clock=FakeClock()).latest())
