"""What is wanted of a site's pictures: when the site is asked for it, and what is given up."""

import threading
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import incident_id
from vigilanza.cluster.pictureline import Inventory
from vigilanza.cluster.picturepost import SIZE_MAX_BYTES, PicturePost
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.media import MediaStore
from vigilanza.store.picturewish import expect_more, want_pictures
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.schema_centre import site_incidents
from vigilanza.store.secondlook import SecondLooks
from vigilanza.store.sitepictures import (
    AGAIN_MAX_S,
    AGAIN_S,
    LAPSES_S,
    LOOK_AGAIN_S,
    SETTLED_S,
    PictureWish,
    SitePictures,
)
from vigilanza.store.standings import heard
from vigilanza.store.withdrawal import Withdrawal

SITES = ["a", "b"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def wishes(engine: Engine, clock: FakeClock) -> SitePictures:
    return SitePictures(engine=engine, clock=clock)


def of_site(engine: Engine, name: str, site: str = "a") -> UUID:
    incident = incident_id(name)
    with writing(engine) as connection:
        connection.execute(site_incidents.insert().values(site=site, incident=incident, here=incident))
    return incident


def picture(clock: FakeClock, *, size: int = 100_000) -> RemotePicture:
    now = clock.now()
    return RemotePicture("clip", now, now + 1.0, "0" * 64, ".mp4", size, covered=False, until=now + 3600.0)


def test_a_site_that_is_away_is_asked_less_and_less_often_and_at_once_when_it_is_heard_of(
    engine: Engine, wishes: SitePictures, clock: FakeClock
) -> None:
    for name in ("one", "two"):
        wishes.want(of_site(engine, name), by="anna")
    waits = []
    for _ in range(9):
        began = clock.now()
        while not (due := wishes.due(SITES)):
            clock.advance(1.0)
        waits.append(clock.now() - began)
        wishes.put_off(due["a"], away=True, why="")
    assert waits[:4] == [0.0, AGAIN_S, 2 * AGAIN_S, 4 * AGAIN_S]
    assert waits[-1] == AGAIN_MAX_S, "and not the other of the same site in between"
    assert wishes.due(SITES) == {}
    clock.advance(1.0)
    with writing(engine) as connection:
        heard(connection, "a", now=clock.now(), pulse_at=clock.now())
    assert list(wishes.due(SITES)) == ["a"]


def test_a_clock_that_was_ahead_does_not_put_a_wish_off_for_long(
    engine: Engine, wishes: SitePictures, clock: FakeClock
) -> None:
    clock.advance(86400.0)
    wishes.want(of_site(engine, "one"), by="anna")
    wishes.put_off(wishes.due(SITES)["a"], away=True, why="")
    clock.advance(-86400.0)
    assert list(wishes.due(SITES)) == ["a"]


def test_whoever_waits_comes_before_what_is_merely_kept(engine: Engine, wishes: SitePictures, clock: FakeClock) -> None:
    kept, looked_at = of_site(engine, "kept"), of_site(engine, "looked at")
    with writing(engine) as connection:
        assert want_pictures(connection, kept, by="anna", at=clock.now(), pinned=True)
    clock.advance(1.0)
    wishes.want(looked_at, by="bruna")
    assert wishes.due(SITES) == {"a": PictureWish(looked_at, "a", looked_at, "bruna")}


def test_the_site_is_asked_again_for_a_while_and_after_each_event(
    engine: Engine, wishes: SitePictures, clock: FakeClock
) -> None:
    incident = of_site(engine, "one")
    wishes.want(incident, by="anna")

    def asked_until_it_rests() -> int:
        times = 0
        for _ in range(int(2 * SETTLED_S)):
            for wish in wishes.due(SITES).values():
                times += 1
                wishes.learn(wish, [])
                wishes.rest(wish, brought=False)
            clock.advance(1.0)
        return times

    assert asked_until_it_rests() == SETTLED_S / LOOK_AGAIN_S + 1
    with writing(engine) as connection:
        expect_more(connection, incident, at=clock.now())
    assert asked_until_it_rests() > 1


def test_a_look_that_was_in_vain_lapses_and_what_is_to_be_kept_does_not_and_is_told(
    engine: Engine, wishes: SitePictures, clock: FakeClock
) -> None:
    looked_at, kept = of_site(engine, "looked at"), of_site(engine, "kept", "b")
    wishes.want(looked_at, by="anna")
    with writing(engine) as connection:
        want_pictures(connection, kept, by="anna", at=clock.now(), pinned=True)
    assert wishes.overdue() == {}
    for _ in range(2):
        clock.advance(LAPSES_S)
        for wish in wishes.due(SITES).values():
            wishes.put_off(wish, away=True, why="")
    assert list(wishes.due(SITES)) == []
    clock.advance(AGAIN_MAX_S)
    assert list(wishes.due(SITES)) == ["b"]
    assert wishes.overdue() == {"b": 1}
    standing = wishes.standing(looked_at)
    assert standing is not None
    assert not standing.is_open


def test_what_no_site_can_have_any_more_is_given_up_once_the_site_has_said_so(
    engine: Engine, wishes: SitePictures, clock: FakeClock
) -> None:
    kept = of_site(engine, "kept")
    with writing(engine) as connection:
        want_pictures(connection, kept, by="anna", at=clock.now(), pinned=True)
    for days, away in ((7, False), (30, True)):
        clock.advance(days * 86400.0)
        wishes.put_off(wishes.due(SITES)["a"], away=away, why="no such incident")
        assert wishes.overdue() == {"a": 1}
    clock.advance(AGAIN_MAX_S)
    wishes.put_off(wishes.due(SITES)["a"], away=False, why="no such incident")
    assert wishes.overdue() == {}
    clock.advance(AGAIN_MAX_S)
    assert wishes.due(SITES) == {}


class Line:
    """A site that gives a byte, and takes its time."""

    def __init__(self, clock: FakeClock, told: RemotePicture) -> None:
        self._clock, self._told = clock, told

    def inventory(self, wish: PictureWish) -> Inventory:
        return Inventory([self._told], [])

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
        self._clock.advance(4.0)
        return b"x"


@pytest.mark.parametrize(("size", "away"), [(100_000, True), (SIZE_MAX_BYTES + 1, False)])
def test_what_lasts_for_ever_or_is_too_large_is_given_up(
    engine: Engine, wishes: SitePictures, clock: FakeClock, tmp_path: Path, size: int, away: bool
) -> None:
    incident = of_site(engine, "one")
    wishes.want(incident, by="anna")
    media = MediaStore(root=tmp_path / "media", engine=engine, clock=clock)
    post = PicturePost(
        line=Line(clock, picture(clock, size=size)),
        wishes=wishes,
        looks=SecondLooks(engine=engine, clock=clock),
        media=media,
        withdrawal=Withdrawal(engine=engine, files=media, clock=clock),
        quarantine=Quarantine(engine),
        sites=SITES,
        folder=tmp_path / "fetching",
        clock=clock,
    )
    began = clock.now()
    post.run_once(wishes.due(SITES)["a"], threading.Event())
    assert clock.now() - began < 100.0
    standing = wishes.standing(incident)
    assert standing is not None
    assert (standing.away, standing.missing) == (away, 1)
    assert media.for_incident(incident) == []
