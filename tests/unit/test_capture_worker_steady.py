"""How a worker tells a camera that is back, and one whose line loses packets."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from tests.fakes import FakeClock, ScriptedSource
from tests.listener import AWAY, Listener, packets, worker_for
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.packet import Packet
from vigilanza.capture.steadiness import Steadiness
from vigilanza.domain.frame import Frame


def test_whether_a_camera_is_back_is_known_before_its_picture_is_given() -> None:
    clock = FakeClock()
    outage: list[Packet | Exception] = [*packets(), AWAY]
    source = ScriptedSource(outage, [AWAY], [AWAY], outage, outage, clock=clock)
    steady: list[bool] = []
    listener = Listener(enough=lambda said: said.kinds().count("lost") == 3)

    def look(frame: Frame) -> None:
        clock.time = max(clock.time, frame.at)
        steady.append(worker.steady)

    worker = worker_for(source, clock, listener, on_frame=look, steadiness=Steadiness(first_wait=2.0))
    worker.run(listener.stop)
    first, second, third = steady[:40], steady[40:80], steady[80:]
    assert first == second == [True] * 40
    assert third == [False] * 20 + [True] * 20


def test_damage_is_measured_and_told() -> None:
    clock, registry = FakeClock(), CollectorRegistry()
    spoilt = [replace(one, data=b"\0\0\0\1\x41nonsense") if i % 10 == 4 else one for i, one in enumerate(packets())]
    broken = [
        replace(one, at=one.at + 4.0 * lap, pts=one.pts + 40 * 1024 * lap, dts=one.dts + 40 * 1024 * lap)
        for lap in range(4)
        for one in spoilt
    ]
    listener, metrics = Listener(), CaptureMetrics(registry).of("b3")
    with capture_logs() as logs:
        worker = worker_for(ScriptedSource(broken, clock=clock), clock, listener, metrics=metrics)
        worker.run(listener.stop)
    assert registry.get_sample_value("vigilanza_capture_damaged_share", {"camera": "b3"}) == pytest.approx(0.6)
    assert [log["event"] for log in logs] == ["pictures come damaged"]
    assert worker.steady
