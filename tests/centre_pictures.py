"""A centre that fetches pictures, and a site that has some: with a NATS server between."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from tests.centre import CENTRE, new_key
from tests.centre_orders import OTHER, SITE, Running, public, site_link
from tests.samples import break_in
from tests.sender import Sender
from vigilanza.clock import Clock, SystemClock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.pictureinbox import PictureInbox
from vigilanza.cluster.pictureline import PictureLine
from vigilanza.cluster.picturepost import PicturePost
from vigilanza.cluster.reception import Reception
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.events import Event
from vigilanza.domain.message import Message
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.journal import Journal
from vigilanza.store.lending import Lending
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, MediaKind
from vigilanza.store.outbox import Outbox
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.secondlook import SecondLooks
from vigilanza.store.sitepictures import PictureStanding, SitePictures
from vigilanza.store.standings import Standings
from vigilanza.store.viewings import ViewingBook
from vigilanza.store.withdrawal import Withdrawal

TERM_S = 24 * 3600.0


def happened(name: str, *, count: int = 3) -> list[Event]:
    """A break-in of a minute ago."""
    return break_in(name, count=count, began=SystemClock().now() - 60.0)


class Lender:
    """Journal and pictures of one site, on an SQLite database."""

    def __init__(self, folder: Path, server: NatsServer, name: str, keys: list[PublicKey]) -> None:
        self.name, self._server, self._keys, self._clock = name, server, keys, SystemClock()
        self._pem = folder / f"{name}.pem"
        self.key = SigningKey.read(self._pem.read_bytes())
        self.engine = open_database(f"sqlite:///{folder}/{name}.db")
        self.media = MediaStore(root=folder / f"{name}-media", engine=self.engine, clock=self._clock)
        self.journal = Journal(engine=self.engine, destinations=[CENTRE], clock=self._clock, site=name)
        self.withdrawal = Withdrawal(engine=self.engine, files=self.media, clock=self._clock)
        self.chain = AuditChain(engine=self.engine, clock=self._clock)
        self.counted: list[str] = []

    def record(self, events: list[Event], reception: Reception | None) -> UUID:
        """It happens, and the centre is told of it if there is one."""
        self.journal.record(events)
        if reception is not None:
            sender, outbox = Sender(self._pem, self.name), Outbox(self.engine)
            for number, _ in enumerate(events, start=1):
                delivery = outbox.claim(CENTRE.id, self._clock.now())
                assert delivery is not None
                reception.take_dispatches([sender.alert(delivery.alert, number, number - 1)])
                outbox.acknowledge(delivery, Receipt("kept"), self._clock.now())
        return events[0].incident

    def keep(self, incident: UUID, kind: MediaKind, content: bytes, *, at: float | None = None) -> MediaItem:
        """One of its pictures; of now, without `at`."""
        start = self._clock.now() if at is None else at
        suffix = {"clip": ".mp4", "still": ".jpg", "original": ".cms"}[kind]
        return self.media.add(
            incident=incident, kind=kind, start=start, end=start + 1.0, content=content, suffix=suffix, covered=True
        )

    def pulse(self) -> Message:
        """Its sign of life."""
        return Sender(self._pem, self.name).pulse(self._clock.now())

    def lending(self) -> Lending:
        book = ViewingBook(audit=self.chain, clock=self._clock)
        return Lending(
            engine=self.engine, media=self.media, centre=CENTRE.id, term=TERM_S, book=book, clock=self._clock
        )

    def running(self, lending: Lending | None = None, *, clock: Clock | None = None) -> Running:
        """As its relay does, with a connection of its own."""
        inbox = PictureInbox(
            connection=NatsConnection(site_link(self._server, self.name), name=self.name),
            site=self.name,
            keys=self._keys,
            key=self.key,
            lending=lending or self.lending(),
            count=self.counted.append,
            clock=clock or self._clock,
        )
        return Running(inbox.run)

    def lent(self) -> list[tuple[str, str]]:
        """Who looked at which medium."""
        return [(one.who, one.subject) for one in self.chain.latest() if one.action == "media.lent"]


class Borrower:
    """What a centre knows, and what fetches pictures for it, on the database under test."""

    def __init__(self, engine: Engine, server: NatsServer, folder: Path) -> None:
        clock = SystemClock()
        self.engine, self.folder, self._server = engine, folder / "fetching", server
        self.key = SigningKey.read(new_key(folder, "centre").read_bytes())
        self.keys = {site: [public(new_key(folder, site))] for site in (SITE, OTHER)}
        self.journal = Journal(engine=engine, destinations=[], clock=clock, site="centre")
        self.media = MediaStore(root=folder / "media", engine=engine, clock=clock)
        self.wishes, self.standings = SitePictures(engine=engine, clock=clock), Standings(engine)
        arrivals = Arrivals(engine=engine, journal=self.journal, clock=clock)
        quarantine = Quarantine(engine)
        self.reception = Reception(keys=self.keys, arrivals=arrivals, quarantine=quarantine, clock=clock)
        self.connection = NatsConnection(NatsLink((server.url,), "centre", "of-centre"), name="centre")
        self.post = PicturePost(
            line=PictureLine(connection=self.connection, key=self.key, keys=self.keys, clock=clock),
            wishes=self.wishes,
            looks=SecondLooks(engine=engine, clock=clock),
            media=self.media,
            withdrawal=Withdrawal(engine=engine, files=self.media, clock=clock),
            quarantine=quarantine,
            sites=tuple(self.keys),
            folder=self.folder,
            clock=clock,
        )

    def there(self, incident: UUID) -> set[bytes]:
        """What can be looked at here."""
        found = set()
        for item in self.media.for_incident(incident):
            with suppress(UnknownRecord, FileNotFoundError):  # it is deleted in this moment
                found.add(self.media.path(item.id).read_bytes())
        return found

    def standing(self, incident: UUID) -> PictureStanding:
        standing = self.wishes.standing(incident)
        assert standing is not None
        return standing

    def has(self, incident: UUID, *contents: bytes) -> Callable[[], bool]:
        return lambda: self.there(incident) == set(contents)
