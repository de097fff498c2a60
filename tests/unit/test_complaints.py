"""What a technician is told, and how often."""

from structlog.testing import capture_logs

from tests.fakes import FakeClock
from vigilanza.capture.complaints import REPEAT_S, Complaints


def test_what_lasts_is_told_once_an_hour_and_each_kind_for_itself() -> None:
    clock = FakeClock()
    complaints = Complaints(camera="b3", clock=clock)
    with capture_logs() as logs:
        complaints.tell("too dear", None)
        complaints.tell("too dear", "groups of 10 s")
        complaints.tell("damaged", "12 %")
        clock.advance(REPEAT_S - 0.1)
        complaints.tell("too dear", "groups of 9 s")
        clock.advance(0.1)
        complaints.tell("too dear", "groups of 8 s")
    assert [(entry["event"], entry["camera"], entry["why"]) for entry in logs] == [
        ("too dear", "b3", "groups of 10 s"),
        ("damaged", "b3", "12 %"),
        ("too dear", "b3", "groups of 8 s"),
    ]
