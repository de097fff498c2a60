"""A part of the relay that ends by itself is not missed in silence."""

import threading
from pathlib import Path

import pytest

from tests.commands import configuration
from tests.webhook import SECRET
from vigilanza.app import relay as relay_part
from vigilanza.app.threads import EXIT_ENDED
from vigilanza.bridge.relay import Relay
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.lab.city import StubCity


def test_the_relay_begins_anew_if_one_of_its_parts_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        path = configuration(tmp_path, "dev_neg_timer_light_on_off", cities={"vms": city, "room": city})
        config = load(path, environ={"CAMERA_PASSWORD": "x", "CITY_SECRET": SECRET})
        run = Relay.run

        def end_at_once(carrier: Relay, stop: threading.Event) -> None:
            if carrier._destination.id != "vms":
                run(carrier, stop)

        monkeypatch.setattr(Relay, "run", end_at_once)
        stop = threading.Event()
        assert relay_part.relay(config, clock=SystemClock(), stop=stop) == EXIT_ENDED
        assert stop.is_set()
