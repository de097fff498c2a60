"""What is black in live pictures, by what eyes and journal tell."""

import pytest

from tests.samples import BEGAN, break_in
from vigilanza.app.doorways import Doorways
from vigilanza.app.film import Film
from vigilanza.app.openings import Openings
from vigilanza.capture.ring import GopRing
from vigilanza.config import Camera, Privacy
from vigilanza.domain.door import Door, Polygon, Role
from vigilanza.domain.observation import Fact, Observation

LEAF: Polygon = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.9), (0.1, 0.9))
NEXT: Polygon = ((0.6, 0.1), (0.8, 0.1), (0.8, 0.9), (0.6, 0.9))
EVENTS = break_in("a")
OPENED, CLOSED = EVENTS[2], EVENTS[-1]
SEALED, CHANGED = (Observation(fact, 1.0, OPENED.door) for fact in (Fact.LEAF_SEALED, Fact.LEAF_CHANGED))


def doorways(openings: Openings, privacy: Privacy = Privacy()) -> Doorways:  # noqa: B008 - frozen
    assert OPENED.door is not None
    doors = (Door(OPENED.door, Role.SEALED, LEAF), Door("next", Role.NEIGHBOUR, NEXT))
    camera = Camera(OPENED.camera, "rtsp://camera/main", None, "tcp", None, 5.0, doors, ())
    film = Film.of(camera, GopRing(seconds=0.0, max_bytes=1), privacy)
    return Doorways(films={OPENED.camera: film}, openings=openings)


@pytest.fixture
def openings() -> Openings:
    openings = Openings()
    openings.complete()
    return openings


def test_before_the_first_look_all_sealed_doors_are_black_and_no_others(openings: Openings) -> None:
    now = doorways(openings)
    assert now.hidden(OPENED.camera, BEGAN) == (LEAF,)
    now.see(OPENED.camera, [SEALED], BEGAN)
    assert now.hidden(OPENED.camera, BEGAN) == ()


def test_a_leaf_that_looks_otherwise_is_black_before_there_is_an_event(openings: Openings) -> None:
    now = doorways(openings)
    now.see(OPENED.camera, [SEALED], BEGAN)
    now.see(OPENED.camera, [CHANGED], BEGAN + 1.0)
    assert now.hidden(OPENED.camera, BEGAN + 1.0) == (LEAF,)


def test_it_stays_black_until_the_incident_ends(openings: Openings) -> None:
    now = doorways(openings)
    openings.note([OPENED])
    now.see(OPENED.camera, [SEALED], OPENED.at)
    assert now.hidden(OPENED.camera, OPENED.at + 1000.0) == (LEAF,)
    openings.note([CLOSED])
    assert now.hidden(OPENED.camera, CLOSED.at) == (LEAF,)
    assert now.hidden(OPENED.camera, CLOSED.at + 0.1) == ()


def test_until_the_journal_has_told_what_stood_open_it_is_black() -> None:
    openings = Openings()
    now = doorways(openings)
    now.see(OPENED.camera, [SEALED], BEGAN)
    assert now.hidden(OPENED.camera, BEGAN) == (LEAF,)
    openings.complete()
    assert now.hidden(OPENED.camera, BEGAN) == ()


def test_where_the_site_shows_interiors_nothing_is_black(openings: Openings) -> None:
    now = doorways(openings, Privacy("shown", "empty since 2024"))
    now.see(OPENED.camera, [CHANGED], BEGAN)
    assert now.hidden(OPENED.camera, BEGAN) == ()


def test_of_a_camera_that_was_left_and_is_taken_over_again_nothing_is_known(openings: Openings) -> None:
    now = doorways(openings)
    now.see(OPENED.camera, [SEALED], BEGAN)
    now.forget(OPENED.camera)
    assert now.hidden(OPENED.camera, BEGAN + 1.0) == (LEAF,)
    now.see(OPENED.camera, [SEALED], BEGAN + 1.0)
    assert now.hidden(OPENED.camera, BEGAN + 1.0) == ()
    openings.reopen()
    assert now.hidden(OPENED.camera, BEGAN + 1.0) == (LEAF,)
    openings.complete()
    assert now.hidden(OPENED.camera, BEGAN + 1.0) == ()
