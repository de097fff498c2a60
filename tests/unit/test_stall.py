"""We stood still, or the camera is lost."""

import threading
from collections.abc import Sequence

from tests.fakes import FakeClock, ScriptedSource
from tests.listener import AWAY, Listener, packets, worker_for
from vigilanza.capture.packet import Packet
from vigilanza.capture.stall import GRACE_S, STALL_S, TICK_S, StallWatch
from vigilanza.domain.frame import Frame


class Stopping(FakeClock):
    """Stands still for some seconds at its fifth wait; stops after the eighth."""

    def __init__(self, *, seconds: float, stop: threading.Event) -> None:
        super().__init__()
        self._seconds, self._stop = seconds, stop

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        if len(self.waits) == 5:
            self.advance(self._seconds)
        if len(self.waits) == 8:
            self._stop.set()
        return super().wait(seconds, stop)


def ticked(seconds: float) -> tuple[StallWatch, FakeClock]:
    stop = threading.Event()
    clock = Stopping(seconds=seconds, stop=stop)
    watch = StallWatch(clock=clock)
    watch.run(stop)
    return watch, clock


def test_a_process_that_stood_still_knows_for_how_long() -> None:
    watch, _ = ticked(7.0)
    assert watch.stalls == 1
    assert 6.9 < watch.stalled_seconds < 7.3
    assert watch.recent


def test_a_busy_machine_is_no_stall() -> None:
    watch, _ = ticked(STALL_S / 2)
    assert watch.stalls == 0
    assert not watch.recent


def test_after_a_while_it_is_no_excuse() -> None:
    watch, clock = ticked(7.0)
    stop = threading.Event()
    stop.set()
    clock.advance(GRACE_S)
    watch.run(stop)
    assert not watch.recent


def test_a_thread_that_wakes_before_the_watch_knows_it_too() -> None:
    clock = FakeClock()
    watch = StallWatch(clock=clock)
    assert not watch.recent
    clock.advance(TICK_S + STALL_S + 0.1)
    assert watch.recent


def told(*scripts: Sequence[Packet | Exception], still_for: float) -> list[str]:
    """What is said of a camera whose connections go so; we stand still during its first picture."""
    clock = FakeClock()
    source = ScriptedSource(*scripts, clock=clock)
    listener = Listener(enough=lambda one: len(source.opened_at) == len(scripts) and one.kinds()[-1] == "alive")
    seen: list[Frame] = []

    def on_frame(frame: Frame) -> None:
        seen.append(frame)
        if len(seen) == 1:
            clock.advance(still_for)

    watch = StallWatch(clock=clock)
    worker_for(source, clock, listener, stalls=watch, on_frame=on_frame).run(listener.stop)
    return listener.kinds()


def test_a_camera_that_answers_after_we_stood_still_was_never_lost() -> None:
    assert told([*packets(), AWAY], packets(), still_for=9.0) == ["alive", "alive"]


def test_one_that_does_not_is_lost() -> None:
    assert told([*packets(), AWAY], [AWAY], packets(), still_for=9.0) == ["alive", "lost", "alive"]


def test_without_a_stall_a_camera_that_breaks_off_is_lost_at_once() -> None:
    assert told([*packets(), AWAY], packets(), still_for=0.0) == ["alive", "lost", "alive"]
