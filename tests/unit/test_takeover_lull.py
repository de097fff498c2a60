"""A watch gives way to another only when nothing happens: what is under way is seen to its end."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tests.fakes import FakeClock
from tests.observed import CALM, OPENED, Scene, play
from tests.taken import Box, door
from vigilanza.app.lull import LONGEST_S
from vigilanza.app.memory import open_memory
from vigilanza.app.takeover import MADE_S, PUT_OFF_S
from vigilanza.domain.events import Event
from vigilanza.domain.takeover import Stage

FORCED, CLOSED = play(Scene(1, CALM), Scene(3, OPENED), Scene(130, CALM))[1]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path, FakeClock())


def happens(box: Box, event: Event, *, later: float = 0.0) -> None:
    """Now, or so many seconds later, at a door; all of one incident."""
    open_memory(box.config(), clock=box.clock).journal.record([replace(event, at=box.clock.now() + later)])


def change(box: Box) -> None:
    box.document["cameras"][0]["doors"].append(door("flat-13"))
    box.write()
    box.look()


def wait(box: Box, seconds: float) -> None:
    """And look, until it is time to look again."""
    box.clock.advance(seconds)
    box.look(round(PUT_OFF_S) + 1)


def test_a_new_door_waits_until_the_clips_of_what_happens_are_made(box: Box) -> None:
    happens(box, FORCED)
    change(box)
    assert (box.replaced, box.stage()) == ([], Stage.PENDING)
    wait(box, 30.0)
    assert (box.replaced, box.stage()) == ([], Stage.PENDING)
    wait(box, box.config().clips.after + MADE_S - 30.0)
    assert (box.replaced, box.stage()) == (["watch", "web"], Stage.IN_FORCE)


def test_it_waits_no_longer_once_the_incident_is_closed(box: Box) -> None:
    happens(box, FORCED)
    change(box)
    happens(box, CLOSED)
    wait(box, 0.0)
    assert box.replaced == ["watch", "web"]


def test_what_does_not_concern_the_eyes_waits_for_nothing(box: Box) -> None:
    happens(box, FORCED)
    box.document["web"] = {"port": 8081}
    box.write()
    box.look()
    assert (box.replaced, box.stage()) == (["web", "relay"], Stage.IN_FORCE)


def test_where_something_always_happens_it_waits_ten_minutes(box: Box) -> None:
    happens(box, FORCED)
    change(box)
    began = box.clock.monotonic()
    for number in range(1, 60):
        if box.replaced:
            break
        happens(box, replace(FORCED, id=UUID(int=number), sequence=number))
        wait(box, 20.0)
    assert box.replaced == ["watch", "web"]
    assert box.clock.monotonic() - began >= LONGEST_S


def test_a_clock_that_was_set_back_keeps_nothing_from_being_taken_over(box: Box) -> None:
    happens(box, FORCED, later=3600.0)
    change(box)
    assert box.replaced == ["watch", "web"]
