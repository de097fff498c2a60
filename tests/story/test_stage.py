"""Two outages of one simulated camera that overlap, in no time at all."""

import socket
import threading
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.videos import video
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.rehearsal import FaultName, Happening, Rehearsal, SimulatedCamera
from vigilanza.lab.stage import Stage


def rehearsal(*happenings: Happening) -> Rehearsal:
    return Rehearsal("127.0.0.1", [SimulatedCamera("b3", {"/main": video()}, 0)], happenings)


def outage(at: float, lasts: float, fault: FaultName = "unplug") -> Happening:
    return Happening(at, ("b3",), fault, True, lasts)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5.0).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_camera_unplugged_twice_is_back_when_both_outages_are_over() -> None:
    seen: list[tuple[str, bool]] = []
    with Stage(rehearsal(outage(10, 20), outage(20, 30, "reboot")), clock=FakeClock()) as stage:
        port = stage.servers["b3"].port
        stage.play(threading.Event(), lambda said: seen.append((said.split("  b3  ")[1], answers(port))))
    assert seen == [("unplug", False), ("reboot", False), ("unplug is over", False), ("reboot is over", True)]


def test_what_befalls_a_camera_befalls_its_onvif_service_too() -> None:
    happenings = [outage(10, 20), outage(40, 10, "reboot"), Happening(60, ("b3",), "password", True, 10)]
    happenings += [Happening(80, ("b3",), "onvif_slow", 1.5, 10)]
    camera = SimulatedCamera("b3", {"/main": video()}, 0, user="vigil", password="pw", onvif_port=0)
    seen: list[tuple[str, bool, float]] = []
    with Stage(Rehearsal("127.0.0.1", [camera], happenings), clock=FakeClock()) as stage:
        one = stage.onvif["b3"]
        checks = [one.security]

        def look(said: str) -> None:
            seen.append((said.split("  b3  ")[1], answers(one.port), one.faults.slow))
            if one.security is not checks[-1]:
                checks.append(one.security)

        stage.play(threading.Event(), look)
    assert seen == [
        ("unplug", False, 0.0),
        ("unplug is over", True, 0.0),
        ("reboot", False, 0.0),
        ("reboot is over", True, 0.0),
        ("password", True, 0.0),
        ("password is over", True, 0.0),
        ("onvif_slow 1.5", True, 1.5),
        ("onvif_slow is over", True, 0.0),
    ]
    assert len(checks) > 3, "rebooted, and twice another password"


def test_a_file_that_cannot_be_shown_is_told_at_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    happening = Happening(3600.0, ("b3",), "show", tmp_path / "text.mp4", None)
    with pytest.raises(RecordingError), Stage(rehearsal(happening), clock=FakeClock()):
        pass
