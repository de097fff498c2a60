"""A destination that can no longer be reached, because its secrets are gone, is called out all the same."""

import threading
from pathlib import Path

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import break_in
from tests.unit.test_config_inforce import Box, site
from vigilanza.app.memory import open_memory
from vigilanza.app.relay import relay
from vigilanza.app.site import site_of
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision
from vigilanza.store.outbox import Outbox


def test_what_it_is_owed_is_overdue(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock())
    config = box.start(site(destinations=[]), {"CAMERA_PASSWORD": "x"})
    assert [one.id for one in config.owed] == ["city"]
    assert [one.id for one in site_of(config).destinations] == ["city"], "the page shows what it is owed"
    long_ago = FakeClock(SystemClock().now() - 60.0)
    memory = open_memory(config, clock=long_ago)
    events = break_in("a", count=3, began=long_ago.now())
    memory.journal.record(events)
    memory.journal.decide(Decision(events[0].incident, "Ada", long_ago.now(), avs=4))
    stop = threading.Event()
    carrying = threading.Thread(target=relay, args=(config,), kwargs={"clock": SystemClock(), "stop": stop})
    carrying.start()
    try:
        wait_until("its alerts are called out", lambda: Outbox(memory.engine).standing("city").overdue == 3)
    finally:
        stop.set()
        carrying.join(20)
        memory.engine.dispose()
