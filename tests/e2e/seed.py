"""A control room with real parts: database, media on disk, events, and a clip that a browser can play."""

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid5

import cv2
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.e2e.exports import export_desk
from tests.e2e.landing import draw, film
from tests.e2e.place import CALLEES, CONTROL_ROOM, PLACE, SHOWN, STAIRS
from vigilanza.clock import Clock, SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.door import Role
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.domain.premises import Premises
from vigilanza.domain.role import Role as AccountRole
from vigilanza.domain.safeguards import Safeguards
from vigilanza.store.accounts import Accounts
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditlog import AuditLog
from vigilanza.store.database import open_database
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.handovers import Handovers
from vigilanza.store.history import History
from vigilanza.store.holds import Holds
from vigilanza.store.identities import Identities
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.media import MediaStore
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.releases import Releases
from vigilanza.store.retention import Retention
from vigilanza.store.roster import Roster
from vigilanza.store.safeguards import SafeguardBook
from vigilanza.store.sitepictures import SitePictures
from vigilanza.store.tasks import Tasks
from vigilanza.store.tokens import ApiTokens
from vigilanza.store.workorders import WorkOrders
from vigilanza.store.writeoff import WriteOffs
from vigilanza.web.api import create_app
from vigilanza.web.find import NoScout, Scout
from vigilanza.web.layouts import Board, NoBoard
from vigilanza.web.pictures import LinkTerms
from vigilanza.web.provider import IdentityProvider
from vigilanza.web.safeguards import unchanging
from vigilanza.web.seen import Cameras, NoCameras
from vigilanza.web.setup import SetupCode
from vigilanza.web.site import Site, SitePlan
from vigilanza.web.stores import Stores

OPERATOR, PASSWORD = "m.rossi", "una-lunga-parola-segreta"
VMS, CODE = "comune-vms", "K7QF-3MZP-X2AD"
DOORS = {"0423.B.03.12": Role.SEALED, "0423.A.01.12": Role.SEALED, "0423.B.03.13": Role.NEIGHBOUR}
TERM_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Room:
    """Everything behind the page; `close` lets go of the database."""

    clock: Clock
    accounts: Accounts
    audit: AuditChain
    journal: Journal
    outbox: Outbox
    queries: Queries
    media: MediaStore
    orders: WorkOrders
    retention: Retention
    app: FastAPI
    engine: Engine
    roster: Roster
    tokens: ApiTokens
    exports: ExportDesk
    safeguards: SafeguardBook

    def records(self, action: str) -> list[str]:
        """The subjects of all audit records of one action, newest first."""
        return [record.subject for record in self.audit.latest(1000) if record.action == action]


def furnish(
    folder: Path,
    *,
    clock: Clock | None = None,
    setup: SetupCode | None = None,
    cameras: Collection[str] | None = None,
    silent: Sequence[str] = (),
    links: LinkTerms = LinkTerms(),  # noqa: B008 - frozen
    coded: Set[AccountRole] = frozenset(),
    live: Cameras | None = None,
    board: Board = NoBoard(),  # noqa: B008 - without state
    scout: Scout = NoScout(),  # noqa: B008 - without state
    provider: IdentityProvider | None = None,
    database: str | None = None,
    plans: Sequence[SitePlan] = (),
    told: Sequence[str] = (),
    wanted: Callable[[], Safeguards] = unchanging,
) -> Iterator[Room]:
    """One room in an empty folder, without operators: a fixture's body. `silent` is read each time; `database`: the
    URL of an empty one, SQLite in the folder without it. `told`: its sites, if it is a centre."""
    clock = clock or SystemClock()
    engine = open_database(database or f"sqlite:///{folder / 'vigilanza.db'}")
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(engine=engine, clock=clock, hasher=hasher, coded=coded)
    audit = AuditChain(engine=engine, clock=clock)
    room = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)
    destinations = [Destination(VMS, DestinationKind.MUNICIPAL_VMS), room]
    journal = Journal(engine=engine, destinations=destinations, clock=clock, site="Stadera 1")
    outbox, queries, orders = Outbox(engine), Queries(engine), WorkOrders(engine=engine, clock=clock)
    media = MediaStore(root=folder / "media", engine=engine, clock=clock)
    holds, exports = Holds(engine=engine, clock=clock), export_desk(engine, media, clock, folder / "packages")
    others = Roster(engine=engine, clock=clock), ApiTokens(engine=engine, clock=clock), exports
    first = queries, journal, outbox, accounts, audit, media
    stores = Stores(
        *first,
        orders,
        Tasks(engine),
        holds,
        Releases(engine=engine, store=media),
        *others,
        History(engine),
        Identities(engine=engine, clock=clock),
        Aftermath(engine=engine, journal=journal, clock=clock),
        Handovers(engine=engine, clock=clock),
        Lines(engine),
        AuditLog(engine),
        book := SafeguardBook(engine=engine, clock=clock),
        WriteOffs(engine),
        SitePictures(engine=engine, clock=clock),
    )
    place = replace(PLACE, sites={name: Premises(name, name) for name in told})
    site = Site("Stadera 1", "Europe/Rome", DOORS, cameras, CALLEES, stairs=STAIRS, premises=place, plans=plans)
    app = create_app(
        stores=stores,
        clock=clock,
        site=replace(site, destinations=destinations, paths={VMS: ("a:1", "b:2")}, told=told, **SHOWN),
        setup=setup,
        silent=lambda: silent,
        links=links,
        cameras=live or NoCameras(),
        board=board,
        scout=scout,
        provider=provider,
        wanted=wanted,
    )
    retention = Retention(engine=engine, files=media, clock=clock, term=TERM_S)
    yield Room(clock, accounts, audit, journal, outbox, queries, media, orders, retention, app, engine, *others, book)
    engine.dispose()


@dataclass(frozen=True, slots=True)
class Scene:
    """An incident to be told to the journal: `began` is UTC in Unix seconds, `door` None for the camera itself."""

    camera: str
    door: str | None
    began: float

    @property
    def incident(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.camera}/{self.door}/{self.began}")

    def event(
        self, sequence: int, kind: EventKind, severity: Severity, phase: Phase, after: float, *seen: Evidence
    ) -> Event:
        """The incident's event number `sequence`, `after` seconds after it began."""
        return Event(
            id=uuid5(self.incident, str(sequence)),
            incident=self.incident,
            sequence=sequence,
            kind=kind,
            severity=severity,
            phase=phase,
            camera=self.camera,
            door=self.door,
            at=self.began + after,
            evidence=seen,
        )

    def saw(self, fact: Fact, after: float, seconds: float, confidence: float) -> Evidence:
        """One fact, first seen `after` seconds after the beginning."""
        return Evidence(fact, self.began + after, seconds, confidence)


def forced_entry(scene: Scene) -> list[Event]:
    """Somebody lingers, works on the leaf, opens it and goes in."""
    person = scene.saw(Fact.PERSON_AT_DOOR, 0, 14, 0.93)
    hands = scene.saw(Fact.HAND_ON_LEAF, 9, 11, 0.88)
    changed = scene.saw(Fact.LEAF_CHANGED, 21, 4, 0.97)
    entry = scene.saw(Fact.WENT_IN, 26, 0, 0.91)
    event = scene.event
    return [
        event(0, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, 8, person),
        event(1, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED, 15, person, hands),
        event(2, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED, 23, hands, changed),
        event(3, EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, 26, changed, entry),
    ]


def tampering(scene: Scene) -> list[Event]:
    """Somebody works on the leaf; it holds so far."""
    hands = scene.saw(Fact.HAND_ON_LEAF, 2, 7, 0.84)
    marks = scene.saw(Fact.LEAF_PARTLY_CHANGED, 6, 3, 0.79)
    event = scene.event
    return [
        event(
            0, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, 0, scene.saw(Fact.PERSON_AT_DOOR, 0, 9, 0.9)
        ),
        event(1, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED, 9, hands, marks),
    ]


def lingering(scene: Scene) -> list[Event]:
    """Somebody stands at the door for a while."""
    person = scene.saw(Fact.PERSON_AT_DOOR, 0, 31, 0.72)
    return [scene.event(0, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, 20, person)]


def camera_covered(scene: Scene) -> list[Event]:
    """Somebody puts something over the lens."""
    covered = scene.saw(Fact.VIEW_COVERED, 0, 5, 0.99)
    return [scene.event(0, EventKind.CAMERA_COVERED, Severity.ALARM, Phase.SUSPECTED, 5, covered)]


def add_pictures(room: Room, scene: Scene, *, seconds: float = 6.0, covered_clip: bool = False) -> None:
    """A clip and three stills of the scene."""
    clip = film(seconds)
    room.media.add(
        incident=scene.incident,
        kind="clip",
        start=scene.began - 15,
        end=scene.began + 45,
        content=clip,
        suffix=".mp4",
        covered=covered_clip,
    )
    for after, progress in ((8.0, 0.35), (15.0, 0.55), (26.0, 0.95)):
        _, jpeg = cv2.imencode(".jpg", draw(progress), [cv2.IMWRITE_JPEG_QUALITY, 88])
        at = scene.began + after
        room.media.add(incident=scene.incident, kind="still", start=at, end=at, content=jpeg.tobytes(), suffix=".jpg")
