"""Events of a camera that reboots, that never says "off", that takes one listener, or whose clock is wrong."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from tests.onvif import PASSWORD, USER, camera, target_of
from vigilanza.capture.camera_event import CameraEvent, EventKind
from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_events import OnvifEvents
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import SourceRefused
from vigilanza.lab.onvif_camera import OnvifCamera

CLOCK = SystemClock()
PATIENCE = 30.0
TAMPER, MOTION, CONTACT = (
    "VideoSource/GlobalSceneChange/ImagingService",
    "VideoSource/MotionAlarm",
    ("Device/Trigger/DigitalInput"),
)


@dataclass
class Listener:
    """Listens to a camera on a thread of its own, from `with` to the end of it."""

    one: OnvifCamera
    password: str = PASSWORD
    more: dict[str, object] = field(default_factory=dict)
    heard: list[CameraEvent] = field(default_factory=list)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    fails: bool = False

    def __enter__(self) -> "Listener":
        self.changed, self.stop = threading.Condition(), threading.Event()
        client = OnvifClient(target=target_of(self.one), user=USER, password=self.password)
        given: dict[str, object] = {"retry_after": 0.1, "retry_max": 0.4, **self.more}
        self.events = OnvifEvents(
            client=client,
            camera="c",
            clock=CLOCK,
            on_event=self._hear,
            metrics=EventMetrics(self.registry).of("c"),
            **given,  # type: ignore[arg-type] # numbers and a mapping
        )
        self.thread = threading.Thread(target=self.events.run, args=(self.stop,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def wait_for(self, *said: tuple[EventKind, bool]) -> None:
        """Until exactly these were heard since the last call, in this order."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.heard) >= len(said), PATIENCE), self.heard
            assert [(event.kind, event.active) for event in self.heard] == list(said)
            self.heard.clear()

    def figure(self, name: str) -> float:
        value = self.registry.get_sample_value(f"vigilanza_capture_events_{name}", {"camera": "c"})
        assert value is not None
        return value

    def _hear(self, event: CameraEvent) -> None:
        with self.changed:
            self.heard.append(event)
            self.changed.notify_all()
        if self.fails:
            raise RuntimeError("a bug")


@pytest.fixture
def one() -> Iterator[OnvifCamera]:
    with camera() as it:
        yield it


def until(what: Callable[[], bool]) -> None:
    deadline = CLOCK.monotonic() + PATIENCE
    while not what():
        assert CLOCK.monotonic() < deadline
        CLOCK.wait(0.02, threading.Event())


def test_what_a_camera_notices_is_told_with_its_kind_state_and_time(one: OnvifCamera) -> None:
    one.faults.clock_ahead = 5000.0
    one.events.raise_event(CONTACT, False, source="in1", name="LogicalState")
    with Listener(one) as listener:
        listener.wait_for((EventKind.DIGITAL_INPUT, False))
        assert listener.figure("alive") == 1.0
        before = CLOCK.now()
        for topic, name in ((TAMPER, "State"), (MOTION, "State"), (CONTACT, "LogicalState")):
            one.events.raise_event(topic, True, source="in1", name=name)
        one.events.raise_event("Device/HardwareFailure/FanFailure", True)
        one.events.raise_event(CONTACT, True, source="in1", name="LogicalState")
        one.events.raise_event(MOTION, False, source="in1")
        with listener.changed:
            assert listener.changed.wait_for(lambda: len(listener.heard) >= 4, PATIENCE)
        assert all(abs(event.at - before) < 5.0 for event in listener.heard), "by our clock"
        assert listener.heard[2].source == "in1"
        listener.wait_for(
            (EventKind.TAMPER, True),
            (EventKind.MOTION, True),
            (EventKind.DIGITAL_INPUT, True),
            (EventKind.MOTION, False),
        )
        assert listener.figure("ignored_total") == 1.0
        assert before - 5.0 < (listener.events.last_answer or 0.0) <= CLOCK.now()
    assert listener.figure("alive") == 0.0
    assert one.events.living == 0, "given back"


def test_a_camera_that_takes_nothing_but_http_digest_is_listened_to(one: OnvifCamera) -> None:
    one.faults.http_digest = True
    one.events.raise_event(CONTACT, True, source="in1", name="LogicalState")
    with Listener(one) as listener:
        listener.wait_for((EventKind.DIGITAL_INPUT, True))
        one.events.raise_event(TAMPER, True)
        listener.wait_for((EventKind.TAMPER, True))
    assert one.events.living == 0


def test_a_camera_that_tells_only_changes_is_asked_how_things_stand(one: OnvifCamera) -> None:
    one.faults.quiet_start = True
    one.events.raise_event(CONTACT, True)
    with Listener(one) as listener:
        listener.wait_for((EventKind.DIGITAL_INPUT, True))


def test_a_reboot_costs_no_state_and_no_person(one: OnvifCamera) -> None:
    with Listener(one) as listener:
        one.events.raise_event(CONTACT, True)
        listener.wait_for((EventKind.DIGITAL_INPUT, True))
        one.unplug()
        one.events.forget()
        until(lambda: not listener.events.alive)
        one.events.raise_event(CONTACT, False)
        one.plug_in()
        listener.wait_for((EventKind.DIGITAL_INPUT, False))
        one.reboot()
        until(lambda: listener.figure("subscriptions_total") >= 3.0)
        one.events.raise_event(CONTACT, True)
        listener.wait_for((EventKind.DIGITAL_INPUT, True))


def test_a_camera_that_never_says_off_is_believed_for_a_while_and_no_longer(one: OnvifCamera) -> None:
    one.faults.never_off = True
    expiry = {EventKind.MOTION: 0.5, EventKind.TAMPER: 0.5, EventKind.DIGITAL_INPUT: None}
    with Listener(one, more={"expiry": expiry}) as listener:
        one.events.raise_event(CONTACT, True)
        listener.wait_for((EventKind.DIGITAL_INPUT, True))
        one.events.raise_event(TAMPER, True)
        listener.wait_for((EventKind.TAMPER, True), (EventKind.TAMPER, False))
        one.events.raise_event(MOTION, True)
        one.events.raise_event(MOTION, False)
        listener.wait_for((EventKind.MOTION, True), (EventKind.MOTION, False))


def test_what_was_on_when_the_camera_went_away_expires_too(one: OnvifCamera) -> None:
    expiry = {EventKind.MOTION: 1.5, EventKind.TAMPER: 60.0, EventKind.DIGITAL_INPUT: None}
    with Listener(one, more={"expiry": expiry}) as listener:
        one.events.raise_event(MOTION, True)
        with listener.changed:
            assert listener.changed.wait_for(lambda: bool(listener.heard), PATIENCE)
        one.unplug()
        listener.wait_for((EventKind.MOTION, True), (EventKind.MOTION, False))


def test_a_subscription_is_renewed_before_it_ends(one: OnvifCamera) -> None:
    with Listener(one, more={"lifetime": 4.0}) as listener:
        one.events.wait_for("Renew", 2)
        assert listener.figure("subscriptions_total") == 1.0
        one.events.raise_event(MOTION, True)
        listener.wait_for((EventKind.MOTION, True))
        assert listener.figure("subscriptions_total") == 1.0


def test_a_camera_that_forgot_the_subscription_and_does_not_say_so_is_asked_for_another(one: OnvifCamera) -> None:
    one.faults.deaf_after_reboot = True
    with Listener(one, more={"anew": 1.0, "lifetime": 4.0}) as listener:
        until(lambda: listener.events.alive)
        one.events.forget()
        one.events.raise_event(CONTACT, True)
        listener.wait_for((EventKind.DIGITAL_INPUT, True))
    with Listener(one) as listener:
        listener.wait_for((EventKind.DIGITAL_INPUT, True))
        one.events.forget()
        one.events.raise_event(CONTACT, False)
        listener.events.refresh()
        listener.wait_for((EventKind.DIGITAL_INPUT, False))


def test_the_only_place_is_given_back_and_waited_for(one: OnvifCamera) -> None:
    one.faults.one_subscriber = True
    with Listener(one) as first:
        until(lambda: first.events.alive)
        with Listener(one) as second:
            one.events.wait_for("CreatePullPointSubscription", 2)
            assert not second.events.alive
            first.stop.set()
            one.events.raise_event(CONTACT, True)
            second.wait_for((EventKind.DIGITAL_INPUT, True))


def test_a_camera_behind_a_router_is_listened_to_where_we_reach_it(one: OnvifCamera) -> None:
    one.faults.announced_host = "192.168.77.9"
    with Listener(one) as listener:
        until(lambda: listener.events.alive)
        one.events.raise_event(TAMPER, True)
        listener.wait_for((EventKind.TAMPER, True))


def test_a_listener_s_bug_costs_only_that_call(one: OnvifCamera) -> None:
    with Listener(one, fails=True) as listener:
        until(lambda: listener.events.alive)
        one.events.raise_event(TAMPER, True)
        listener.wait_for((EventKind.TAMPER, True))
        one.events.raise_event(TAMPER, False)
        listener.wait_for((EventKind.TAMPER, False))
        until(lambda: listener.figure("callback_errors_total") == 2.0)
        assert listener.events.alive


def test_who_is_refused_or_finds_no_events_is_told_so() -> None:
    for password, services, why in (
        ("x", ("tds", "trt", "tev"), "wrong user"),
        (PASSWORD, ("tds",), "no event service"),
    ):
        with camera(services=services) as it:
            client = OnvifClient(target=target_of(it), user=USER, password=password)
            events = OnvifEvents(client=client, camera="c", clock=CLOCK, on_event=lambda event: None)
            with pytest.raises(SourceRefused, match=why):
                events.run_once(threading.Event())
            assert not events.alive
