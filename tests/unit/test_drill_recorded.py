"""In which order a recorder of the drill is told; real pipes."""

import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe

import pytest

from tests.samples import break_in
from vigilanza.clock import SystemClock
from vigilanza.lab.drill.box.asks import Happened
from vigilanza.lab.drill.box.recorded import Recorded

MANY = 300


@pytest.fixture
def eager() -> Iterator[None]:
    """Threads take turns as often as they can, as on a machine with much else to do."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager")
def test_what_a_new_recorder_has_missed_is_told_before_what_is_new() -> None:
    recorded = Recorded(SystemClock())
    *missed, new = [Happened(event) for number in range(MANY) for event in break_in(str(number))]
    for ask in missed:
        recorded.tell(ask)
    ours, theirs = Pipe()
    meeting = threading.Thread(target=recorded.meet, args=(theirs,))
    meeting.start()
    heard = [ours.recv().id]
    telling = threading.Thread(target=recorded.tell, args=(new,))
    telling.start()
    heard += [ours.recv().id for _ in missed]
    meeting.join()
    telling.join()
    assert heard == [ask.id for ask in (*missed, new)]
    ours.close()
