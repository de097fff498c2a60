"""What a centre fetches of its sites, where something is in the way."""

import hashlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.cluster.pictureline import Inventory
from vigilanza.cluster.picturepost import JOURNAL_S, PicturePost
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.schema_centre import site_incidents
from vigilanza.store.sitepictures import PictureWish, SitePictures
from vigilanza.store.withdrawal import Withdrawal

DAY = 86400.0
SITE = "0423"


class Scripted:
    """A site that says what it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock, self.files, self.withdrawn, self.asked = clock, list[bytes](), list[bytes](), 0

    def inventory(self, wish: PictureWish) -> Inventory:
        self.asked += 1
        return Inventory([self._told(one) for one in self.files], [_sha256(one) for one in self.withdrawn])

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
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
        self._folder = folder

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


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


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
