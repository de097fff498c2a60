import threading
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from tests.fakes import FakeClock, ScriptedSource
from tests.listener import AWAY, START, WRONG, Listener, packets, worker_for
from tests.videos import video
from vigilanza.capture.file import FileSource
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.ring import GopRing
from vigilanza.domain.errors import RecordingError, SourceUnavailable
from vigilanza.domain.frame import Frame


def gaps(source: ScriptedSource) -> list[float]:
    return [b - a for a, b in zip(source.opened_at, source.opened_at[1:], strict=False)]


def test_an_unreachable_camera_is_tried_every_two_seconds() -> None:
    clock = FakeClock()
    source = ScriptedSource([AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 6)
    worker_for(source, clock, listener).run(listener.stop)
    assert gaps(source) == [1, 2, 2, 2, 2]


def test_a_connection_that_gave_a_picture_makes_it_patient_again() -> None:
    clock = FakeClock()
    source = ScriptedSource([AWAY], [AWAY], [AWAY], [*packets(), AWAY], [AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 6)
    worker_for(source, clock, listener).run(listener.stop)
    assert gaps(source) == [1, 2, 2, 1, 2]


def test_a_connection_without_a_picture_does_not() -> None:
    clock = FakeClock()
    source = ScriptedSource([*packets()[3:8], AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 4)
    worker_for(source, clock, listener).run(listener.stop)
    assert gaps(source) == [1, 2, 2]
    assert listener.kinds() == ["lost"]


def test_a_refusal_is_tried_ever_more_slowly_up_to_half_a_minute_and_calls_for_a_person() -> None:
    clock = FakeClock()
    source = ScriptedSource([WRONG], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 6)
    worker_for(source, clock, listener).run(listener.stop)
    assert gaps(source) == [4, 8, 16, 30, 30]
    assert [said for said in listener.said if said[0] != "tick"] == [("lost", START, "wrong password", True)]


def test_an_outage_is_told_once_and_its_end_too() -> None:
    clock = FakeClock()
    source = ScriptedSource([*packets(), AWAY], [AWAY], [AWAY], [*packets(), AWAY], clock=clock)
    listener = Listener(enough=lambda said: said.kinds().count("lost") == 2)
    worker_for(source, clock, listener).run(listener.stop)
    assert listener.kinds() == ["alive", "lost", "alive", "lost"]
    assert len(listener.frames) == 80


def test_an_outage_that_turns_out_to_need_a_person_is_told_once_more() -> None:
    clock = FakeClock()
    source = ScriptedSource([AWAY], [AWAY], [WRONG], [AWAY], [WRONG], [AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 6)
    worker_for(source, clock, listener).run(listener.stop)
    assert [(why, person) for kind, _, why, person in listener.said if kind == "lost"] == [
        ("camera away", False),
        ("wrong password", True),
    ]


def test_time_is_told_about_once_a_second_while_the_camera_is_away() -> None:
    clock = FakeClock()
    source = ScriptedSource([AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 18)
    worker_for(source, clock, listener).run(listener.stop)
    ticks = [at for kind, at, *_ in listener.said if kind == "tick"]
    assert ticks[:31] == [START + i for i in range(1, 32)]


def test_time_is_told_while_packets_come_that_nobody_can_decode() -> None:
    clock = FakeClock()
    broken = [replace(p, data=b"\0\0\0\1\x41nonsense", is_keyframe=i == 0) for i, p in enumerate(packets())]
    listener = Listener()
    worker_for(ScriptedSource(broken, clock=clock), clock, listener).run_once(listener.stop)
    assert [(kind, at) for kind, at, *_ in listener.said] == [("tick", START + i) for i in range(4)]


def test_a_bug_in_the_chain_does_not_end_the_watch() -> None:
    clock = FakeClock()
    source = ScriptedSource([KeyError("bug")], [*packets(), AWAY], clock=clock)
    listener = Listener(enough=lambda said: said.kinds() == ["lost", "alive"] and len(said.frames) == 40)
    with capture_logs() as logs:
        worker_for(source, clock, listener).run(listener.stop)
    assert listener.said[0] == ("lost", START, "internal error: KeyError", True)
    assert "KeyError" in str(logs[0])


def test_a_listener_that_fails_costs_no_connection_and_is_logged_once_a_second() -> None:
    clock = FakeClock()

    def fail(frame: Frame) -> None:
        clock.advance(0.1)
        raise ValueError("bug")

    listener = Listener()
    source = ScriptedSource(packets(), clock=clock)
    worker = worker_for(source, clock, listener, on_frame=fail)
    with capture_logs() as logs:
        worker.run(listener.stop)
    assert worker.callback_errors == 40
    assert len(logs) == 4
    assert source.opened_at == [START]


def test_a_recording_ends_the_run_and_so_does_one_that_breaks_off() -> None:
    clock, listener = FakeClock(), Listener()
    worker_for(FileSource(path=video(b_frames=2), start_at=START), clock, listener).run(listener.stop)
    assert (len(listener.frames), listener.kinds()) == (40, ["alive"])
    broken = ScriptedSource([*packets()[:15], RecordingError("breaks off")], clock=clock)
    listener = Listener()
    worker_for(broken, clock, listener).run(listener.stop)
    assert (len(listener.frames), listener.kinds()) == (15, ["alive", "lost"])


def test_one_attempt_tells_its_error_to_the_caller() -> None:
    clock, listener = FakeClock(), Listener()
    with pytest.raises(SourceUnavailable):
        worker_for(ScriptedSource([AWAY], clock=clock), clock, listener).run_once(listener.stop)


def test_without_decoder_the_first_packet_is_the_sign_of_life_and_the_ring_is_filled() -> None:
    clock, listener, ring = FakeClock(), Listener(), GopRing(seconds=60, max_bytes=10**7)
    worker_for(ScriptedSource(packets(), clock=clock), clock, listener, decoder=None, ring=ring).run(listener.stop)
    assert listener.kinds() == ["alive"]
    assert len(ring.recording(START, START + 100).packets) == 40


def test_all_callbacks_come_on_the_workers_thread() -> None:
    clock = FakeClock()
    source = ScriptedSource([*packets(), AWAY], [AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 3)
    thread = threading.Thread(target=worker_for(source, clock, listener).run, args=(listener.stop,))
    thread.start()
    ident = thread.ident
    thread.join(10)
    assert listener.threads == {ident}


def test_health_is_counted_per_camera() -> None:
    clock, registry, ring = FakeClock(), CollectorRegistry(), GopRing(seconds=60, max_bytes=20_000)
    source = ScriptedSource([*packets(), AWAY], [AWAY], clock=clock)
    listener = Listener(enough=lambda _: len(source.opened_at) == 2)
    metrics = CaptureMetrics(registry).of("b3")
    worker_for(source, clock, listener, ring=ring, metrics=metrics).run(listener.stop)

    def value(name: str) -> float | None:
        return registry.get_sample_value(f"vigilanza_capture_{name}", {"camera": "b3"})

    assert value("packets_total") == 40
    assert value("frames_total") == 40
    assert value("connections_total") == 2
    assert value("outages_total") == 1
    caused = registry.get_sample_value("vigilanza_capture_reconnects_total", {"camera": "b3", "cause": "other"})
    assert caused == 2
    assert value("alive") == 0
    assert value("bytes_total") == sum(len(p.data) for p in packets())
    assert value("ring_dropped_packets_total") == ring.dropped_packets
    assert value("ring_bytes") == ring.size_bytes
