"""The office while something else is away: its port, the database."""

import socket
import threading
from pathlib import Path
from queue import Queue

import pytest
from prometheus_client import CollectorRegistry

from tests.cap import Parties
from tests.cap_office import Open
from vigilanza.bridge.cap_office import CapMetrics, CapOffice
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ConfigError
from vigilanza.store.database import open_database


class Freeing(SystemClock):
    """Frees a port when somebody waits."""

    def __init__(self, taken: socket.socket) -> None:
        self.taken, self.waited = taken, 0

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.waited += 1
        self.taken.close()
        return stop.is_set()


def test_a_port_that_is_taken_is_tried_again(known: Parties) -> None:
    taken, ports, stop = socket.socket(), Queue[int](), threading.Event()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = int(taken.getsockname()[1])
    clock = Freeing(taken)
    office = CapOffice(
        host="127.0.0.1",
        port=port,
        certificate=known.ours.file,
        visitors=(),
        clock=clock,
        metrics=CapMetrics(CollectorRegistry()),
        on_listening=ports.put,
    )
    thread = threading.Thread(target=office.run, args=(stop,), daemon=True)
    thread.start()
    assert ports.get(timeout=20) == port
    assert clock.waited == 1
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_while_the_database_is_away_callers_are_told_to_come_again(known: Parties) -> None:
    with Open(open_database("postgresql://127.0.0.1:1/vigilanza"), known) as opened:
        answer = opened.get("/feed")
        assert (answer.status_code, answer.text.split(":")[0]) == (503, "database_away")
        ack = opened.ack("vigilanza@aler.example.it,VGZ-0423-room-" + "0" * 32 + "-0,2026-11-18T12:06:52+01:00")
        assert opened.post(ack).status_code == 503


def test_a_certificate_without_a_key_is_told_at_the_start(known: Parties, tmp_path: Path) -> None:
    for file in (known.ours.public_file, tmp_path / "none.pem"):
        with pytest.raises(ConfigError, match="cap_office"):
            CapOffice(
                host="127.0.0.1",
                port=0,
                certificate=file,
                visitors=(),
                clock=SystemClock(),
                metrics=CapMetrics(CollectorRegistry()),
            )
