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


def test_a_file_that_cannot_be_shown_is_told_at_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    happening = Happening(3600.0, ("b3",), "show", tmp_path / "text.mp4", None)
    with pytest.raises(RecordingError), Stage(rehearsal(happening), clock=FakeClock()):
        pass
