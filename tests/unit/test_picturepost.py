"""What a centre fetches of its sites, where something is in the way."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.cluster.pictureline import Inventory
from vigilanza.cluster.picturepost import JOURNAL_S, KEPT_AT_ONCE, PicturePost
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.picturerefusal import PictureRefusal, PictureRefused
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.picturewish import want_pictures
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
        self.slow, self.goes_on = set[str](), threading.Event()

    def inventory(self, wish: PictureWish) -> Inventory:
        self.asked += 1
        return Inventory([self._told(one) for one in self.files], [_sha256(one) for one in self.withdrawn])

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
        self.while_fetching()
        if wish.site in self.slow:
            self.goes_on.wait(60.0)
        if self.damaged is not None and sha256 == _sha256(self.damaged):
            raise PictureRefused("its file is gone at the site", PictureRefusal.FILE_GONE)
        return next(one for one in self.files if _sha256(one) == sha256)[offset:]

    def _told(self, content: bytes) -> RemotePicture:
        now = self._clock.now()
        return RemotePicture("clip", now, now, _sha256(content), ".mp4", len(content), covered=True, until=now + DAY)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Office:
    """A centre that knows of one incident of one site."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.clock, self.sites = engine, FakeClock(), [SITE]
        self.journal = Journal(engine=engine, destinations=[], clock=self.clock, site="centre")
        self.incident = self.hear("one", SITE)
        self.media = MediaStore(root=folder / "media", engine=engine, clock=self.clock)
        self.wishes, self.line = SitePictures(engine=engine, clock=self.clock), Scripted(self.clock)
        self.holds, self._folder = Holds(engine=engine, clock=self.clock), folder
        self.retention = Retention(engine=engine, files=self.media, clock=self.clock, term=3 * DAY)
        self.clock.advance(SETTLING_S)

    def hear(self, name: str, site: str) -> UUID:
        self.journal.record(break_in(name, count=1))
        with writing(self.engine) as connection:
            row = {"site": site, "incident": incident_id(name), "here": incident_id(name)}
            connection.execute(insert(site_incidents).values(row))
        return incident_id(name)

    def post(self, wishes: SitePictures | None = None) -> PicturePost:
        return PicturePost(
            line=self.line,
            wishes=wishes or self.wishes,
            media=self.media,
            withdrawal=Withdrawal(engine=self.engine, files=self.media, clock=self.clock),
            quarantine=Quarantine(self.engine),
            sites=self.sites,
            folder=self._folder / "fetching",
            clock=self.clock,
        )

    def fetch(self) -> None:
        """All that is due now."""
        for wish in self.wishes.due([SITE]).values():
            self.post().run_once(wish, threading.Event())

    def there(self) -> set[bytes]:
        return {self.media.path(one.id).read_bytes() for one in self.media.for_incident(self.incident)}

    @contextmanager
    def running(self, wishes: SitePictures | None = None) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self.post(wishes).run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            self.line.goes_on.set()
            stop.set()
            thread.join()


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
    assert (standing.is_open, standing.missing, standing.why) == (True, 1, PictureRefusal.FILE_GONE)


class Full(SitePictures):
    """Its database can be read, and takes nothing any more."""

    def learn(self, wish: PictureWish, listed: object) -> None:
        raise JournalUnavailable("database: the disk is full")


def test_a_site_is_not_asked_without_end_while_nothing_can_be_noted(office: Office) -> None:
    office.wishes.want(office.incident, by="anna")
    with office.running(Full(engine=office.engine, clock=office.clock)):
        wait_until("three questions", lambda: office.line.asked > 2, timeout=30)
    assert office.clock.waits.count(JOURNAL_S) == office.line.asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sites_that_are_slow_with_what_is_merely_kept_do_not_hold_up_whoever_waits(office: Office) -> None:
    office.line.files, office.line.slow = [WHOLE], {f"slow {number}" for number in range(KEPT_AT_ONCE + 1)}
    office.sites.extend(office.line.slow)
    for name in office.line.slow:
        incident = office.hear(name, name)
        with writing(office.engine) as connection:
            want_pictures(connection, incident, by="anna", at=office.clock.now(), pinned=True)
    with office.running():
        wait_until("all places of what is kept", lambda: office.line.asked == KEPT_AT_ONCE, timeout=30)
        office.wishes.want(office.incident, by="bruna")
        wait_until("what somebody waits for", lambda: office.there() == {WHOLE}, timeout=30)


class Broken(SitePictures):
    """It does with one site what nobody expected."""

    def learn(self, wish: PictureWish, listed: Sequence[RemotePicture]) -> None:
        if wish.site == SITE:
            raise ZeroDivisionError
        super().learn(wish, listed)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_nobody_expected_is_told_at_once_though_another_site_is_slow(office: Office) -> None:
    office.line.files, office.line.slow = [WHOLE], {"slow"}
    office.sites.append("slow")
    office.wishes.want(office.hear("of the slow one", "slow"), by="anna")
    stop, wishes = threading.Event(), Broken(engine=office.engine, clock=office.clock)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(office.post(wishes).run, stop)
        try:
            wait_until("the slow one", lambda: office.line.asked, timeout=30)
            office.wishes.want(office.incident, by="bruna")
            with pytest.raises(ZeroDivisionError):
                run.result(20.0)
        finally:
            stop.set()
            office.line.goes_on.set()
