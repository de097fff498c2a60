"""What a centre fetches of its sites, where something is in the way."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.cluster.pictureline import Inventory
from vigilanza.cluster.picturepost import JOURNAL_S, PicturePost
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.picturerequest import PictureRefused, RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.retention import SETTLING_S, Retention
from vigilanza.store.schema_centre import site_incidents
from vigilanza.store.sitepictures import LOOK_AGAIN_S, SETTLED_S, PictureWish, SitePictures
from vigilanza.store.withdrawal import Withdrawal

DAY = 86400.0
SITE = "0423"
FIRST, WHOLE = b"the first cut of a clip", b"all of the clip"


class Scripted:
    """A site that says what it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock, self.files, self.withdrawn, self.asked = clock, list[bytes](), list[bytes](), 0
        self.damaged: bytes | None = None
        self.while_fetching: Callable[[], None] = lambda: None

    def inventory(self, wish: PictureWish) -> Inventory:
        self.asked += 1
        return Inventory([self._told(one) for one in self.files], [_sha256(one) for one in self.withdrawn])

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
        self.while_fetching()
        if self.damaged is not None and sha256 == _sha256(self.damaged):
            raise PictureRefused("its file is gone at the site")
        return next(one for one in self.files if _sha256(one) == sha256)[offset:]

    def _told(self, content: bytes) -> RemotePicture:
        now = self._clock.now()
        return RemotePicture("clip", now, now, _sha256(content), ".mp4", len(content), covered=True, until=now + DAY)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Office:
    """A centre that knows of one incident of one site."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.clock, self.incident = engine, FakeClock(), incident_id("one")
        Journal(engine=engine, destinations=[], clock=self.clock, site="centre").record(break_in("one", count=1))
        with writing(engine) as connection:
            row = {"site": SITE, "incident": self.incident, "here": self.incident}
            connection.execute(insert(site_incidents).values(row))
        self.media = MediaStore(root=folder / "media", engine=engine, clock=self.clock)
        self.wishes, self.line = SitePictures(engine=engine, clock=self.clock), Scripted(self.clock)
        self.holds, self._folder = Holds(engine=engine, clock=self.clock), folder
        self.retention = Retention(engine=engine, files=self.media, clock=self.clock, term=3 * DAY)
        self.clock.advance(SETTLING_S)

    def post(self, wishes: SitePictures | None = None) -> PicturePost:
        return PicturePost(
            line=self.line,
            wishes=wishes or self.wishes,
            media=self.media,
            withdrawal=Withdrawal(engine=self.engine, files=self.media, clock=self.clock),
            quarantine=Quarantine(self.engine),
            sites=[SITE],
            folder=self._folder / "fetching",
            clock=self.clock,
        )

    def fetch(self) -> None:
        """All that is due now."""
        for wish in self.wishes.due([SITE]).values():
            self.post().run_once(wish, threading.Event())

    def there(self) -> set[bytes]:
        return {self.media.path(one.id).read_bytes() for one in self.media.for_incident(self.incident)}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_what_a_site_made_while_a_slow_line_was_busy_is_fetched_too(office: Office) -> None:
    first = [bytes([number]) for number in range(5)]
    office.line.files = [*first]

    def slowly() -> None:
        office.clock.advance(SETTLED_S / 4)
        office.line.files = [*first, WHOLE]

    office.line.while_fetching = slowly
    office.wishes.want(office.incident, by="anna")
    office.fetch()
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    assert office.there() == {*first, WHOLE}
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    assert not office.wishes.due([SITE])
    standing = office.wishes.standing(office.incident)
    assert standing is not None
    assert not standing.is_open


def test_a_copy_that_was_withdrawn_while_it_was_on_hold_goes_when_the_hold_ends(office: Office) -> None:
    office.line.files = [FIRST]
    until = office.clock.now() + 3600.0
    office.holds.place(office.incident, authority="Procura", protocol="1/26", until=until, by="anna")
    office.fetch()
    office.line.files, office.line.withdrawn = [], [FIRST]
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    office.retention.run_once()
    assert office.there() == {FIRST}, "it is on hold"
    office.clock.advance(3600.0)
    office.retention.run_once()
    assert office.there() == set()


def test_one_file_that_a_site_cannot_give_keeps_no_other_from_coming(office: Office) -> None:
    office.line.files, office.line.damaged = [WHOLE, FIRST], WHOLE  # the smaller one, which is asked for first
    office.wishes.want(office.incident, by="anna")
    office.fetch()
    assert office.there() == {FIRST}
    standing = office.wishes.standing(office.incident)
    assert standing is not None
    assert (standing.is_open, standing.missing, standing.why) == (True, 1, "its file is gone at the site")


class Full(SitePictures):
    """Its database can be read, and takes nothing any more."""

    def learn(self, wish: PictureWish, listed: object) -> None:
        raise JournalUnavailable("database: the disk is full")


def test_a_site_is_not_asked_without_end_while_nothing_can_be_noted(office: Office) -> None:
    office.wishes.want(office.incident, by="anna")
    stop, wishes = threading.Event(), Full(engine=office.engine, clock=office.clock)
    thread = threading.Thread(target=office.post(wishes).run, args=(stop,))
    thread.start()
    wait_until("three questions", lambda: office.line.asked > 2, timeout=30)
    stop.set()
    thread.join()
    assert office.clock.waits.count(JOURNAL_S) == office.line.asked
