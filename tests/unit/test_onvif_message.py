"""Topics and messages as different makers write them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from vigilanza.capture.camera_event import EventKind
from vigilanza.capture.onvif_message import Notification, kind_of, read_notification

NOW = 1_795_000_000.0


def message(topic: str, *data: tuple[str, str], operation: str | None = "Changed", at: float | None = NOW) -> Any:
    def items(*pairs: tuple[str, str]) -> SimpleNamespace:
        return SimpleNamespace(SimpleItem=[SimpleNamespace(Name=name, Value=value) for name, value in pairs])

    told = None if at is None else datetime.fromtimestamp(at, UTC)
    inside = SimpleNamespace(Source=items(("T", "vs0")), Data=items(*data), PropertyOperation=operation, UtcTime=told)
    return SimpleNamespace(Topic=SimpleNamespace(_value_1=topic), Message=SimpleNamespace(_value_1=inside))


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("tns1:VideoSource/GlobalSceneChange/ImagingService", EventKind.TAMPER),
        ("tns1:VideoSource/GlobalSceneChange/AnalyticsService", EventKind.TAMPER),
        ("tns1:RuleEngine/TamperDetector/Tamper", EventKind.TAMPER),
        ("tns1:VideoSource/ImageTooBlurry/ImagingService", EventKind.TAMPER),
        ("tns1:VideoSource/tnsaxis:Tampering", EventKind.TAMPER),
        ("tns1:Device/Trigger/DigitalInput", EventKind.DIGITAL_INPUT),
        ("tns1:Device/tnsaxis:IO/Port", EventKind.DIGITAL_INPUT),
        ("tns1:VideoSource/MotionAlarm", EventKind.MOTION),
        ("tns1:RuleEngine/CellMotionDetector/Motion", EventKind.MOTION),
        ("tns1:RuleEngine/LineDetector/Crossed", EventKind.MOTION),
        ("tns1:VideoSource/ImageTooDark/ImagingService", None),
        ("tns1:Device/HardwareFailure/StorageFailure", None),
        ("tns1:RuleEngine/FaceDetector/Face", None),
        ("", None),
    ],
)
def test_topics(topic: str, kind: EventKind | None) -> None:
    assert kind_of(topic) is kind


@pytest.mark.parametrize(
    ("data", "active"),
    [
        ([("State", "true")], True),
        ([("IsMotion", "1")], True),
        ([("IsTamper", "false")], False),
        ([("LogicalState", "inactive")], False),
        ([("Window", "x"), ("State", "OFF")], False),
        ([("ObjectId", "x")], True),
        ([], True),
    ],
)
def test_states(data: list[tuple[str, str]], active: bool) -> None:
    said = read_notification(message("tns1:VideoSource/MotionAlarm", *data), now=NOW, clock_ahead=0.0)
    assert said == Notification(EventKind.MOTION, "vs0", active, True, NOW)


@pytest.mark.parametrize(
    ("operation", "active", "changed"),
    [("Initialized", True, False), ("Changed", True, True), ("Deleted", False, True), (None, True, True)],
)
def test_what_only_tells_how_things_stand_is_told_apart(operation: str | None, active: bool, changed: bool) -> None:
    one = message("tns1:VideoSource/MotionAlarm", ("State", "true"), operation=operation)
    said = read_notification(one, now=NOW, clock_ahead=0.0)
    assert said is not None
    assert (said.active, said.changed) == (active, changed)


@pytest.mark.parametrize(
    ("told", "ahead", "at"),
    [
        (NOW - 5.0, 0.0, NOW - 5.0),
        (NOW + 3595.0, 3600.0, NOW - 5.0),
        (NOW + 30.0, 0.0, NOW),
        (NOW - 3600.0, 0.0, NOW),
        (NOW - 5.0, None, NOW),
        (None, 0.0, NOW),
    ],
)
def test_times_are_ours_whatever_the_camera_s_clock_says(told: float | None, ahead: float | None, at: float) -> None:
    said = read_notification(message("tns1:VideoSource/MotionAlarm", at=told), now=NOW, clock_ahead=ahead)
    assert said is not None
    assert said.at == at


def test_what_is_not_for_us_is_passed_over() -> None:
    assert read_notification(message("tns1:Monitoring/ProcessorUsage"), now=NOW, clock_ahead=0.0) is None
