"""A centre that fetches pictures, from a site that says what it is told to."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, insert

from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.cluster.pictureline import Inventory
from vigilanza.cluster.picturepost import PicturePost
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.picturerefusal import PictureRefusal, PictureRefused
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.retention import SETTLING_S, Retention
from vigilanza.store.schema import media
from vigilanza.store.schema_centre import picture_wishes, site_incidents, site_pictures
from vigilanza.store.secondlook import SecondLooks
from vigilanza.store.sitepictures import PictureWish, SitePictures
from vigilanza.store.withdrawal import Withdrawal

DAY = 86400.0
SITE = "0423"
FIRST, WHOLE = b"the first cut of a clip", b"all of the clip"


class Scripted:
    """A site that says what it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock, self.files, self.withdrawn, self.asked = clock, list[bytes](), list[bytes](), 0
        self.is_away = False
        self.damaged: bytes | None = None
        self.while_fetching: Callable[[], None] = lambda: None
        self.slow, self.goes_on = set[str](), threading.Event()

    def inventory(self, wish: PictureWish) -> Inventory:
        self.asked += 1
        if self.is_away:
            raise ClusterUnavailable(f"site {wish.site} does not answer")
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
        self.looks = SecondLooks(engine=engine, clock=self.clock)
        self.holds, self._folder = Holds(engine=engine, clock=self.clock), folder
        self.retention = Retention(engine=engine, files=self.media, clock=self.clock, term=3 * DAY)
        self.clock.advance(SETTLING_S)

    def hear(self, name: str, site: str) -> UUID:
        self.journal.record(break_in(name, count=1))
        with writing(self.engine) as connection:
            row = {"site": site, "incident": incident_id(name), "here": incident_id(name)}
            connection.execute(insert(site_incidents).values(row))
        return incident_id(name)

    def copy(self, name: str, site: str) -> UUID:
        """Of an incident of the site that nobody asks for any more; no file, the row alone."""
        now, one = self.clock.now(), incident_id(name)
        what = {"id": one, "incident": one, "kind": "clip", "start": now, "end": now, "sha256": _sha256(name.encode())}
        what |= {"suffix": ".mp4", "size_bytes": 9}
        wish = {"incident": one, "site": site, "there": one, "by": "anna", "wanted_at": now, "pinned": False}
        wish |= {"open": False, "next_at": now, "failures": 0, "listed_at": now, "away": False}
        with writing(self.engine) as connection:
            connection.execute(insert(media).values(**what, added_at=now, missing=False))
            connection.execute(insert(site_pictures).values(**what, covered=True, until=now + DAY))
            connection.execute(insert(picture_wishes).values(wish))
        return one

    def post(self, wishes: SitePictures | None = None) -> PicturePost:
        return PicturePost(
            line=self.line,
            wishes=wishes or self.wishes,
            looks=self.looks,
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

    def look_again(self) -> None:
        """What the site is to be asked now though nobody waits for it."""
        for wish in self.looks.due([SITE]).values():
            self.post().look_again(wish, threading.Event())

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
