"""A control room with real parts: database, media on disk, events, and a clip that a browser can play."""

import io
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import av
import cv2
import numpy as np
from argon2 import PasswordHasher
from fastapi import FastAPI
from numpy.typing import NDArray
from sqlalchemy import Engine

from vigilanza.clock import Clock, SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.door import Role
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.domain.role import Role as AccountRole
from vigilanza.store.accounts import Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.releases import Releases
from vigilanza.store.retention import Retention
from vigilanza.store.roster import Roster
from vigilanza.store.tasks import Tasks
from vigilanza.store.tokens import ApiTokens
from vigilanza.store.workorders import WorkOrders
from vigilanza.web.api import create_app
from vigilanza.web.layouts import Board, NoBoard
from vigilanza.web.pictures import LinkTerms
from vigilanza.web.setup import SetupCode
from vigilanza.web.site import Site
from vigilanza.web.stores import Stores

VMS = "comune-vms"
CONTROL_ROOM = "centrale-operativa"
TELEPHONE = "02 0208"
OPERATOR, PASSWORD = "m.rossi", "una-lunga-parola-segreta"
CODE = "K7QF-3MZP-X2AD"
DOORS = {"0423.B.03.12": Role.SEALED, "0423.A.01.12": Role.SEALED, "0423.B.03.13": Role.NEIGHBOUR}
TERM_S = 24 * 3600.0
WIDTH, HEIGHT, FPS = 640, 360, 12


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
    board: Board = NoBoard(),  # noqa: B008 - without state
) -> Iterator[Room]:
    """One room in an empty folder, without operators; to be used as a fixture's body. `silent` is read each time."""
    clock = clock or SystemClock()
    engine = open_database(f"sqlite:///{folder / 'vigilanza.db'}")
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(engine=engine, clock=clock, hasher=hasher, coded=coded)
    audit = AuditChain(engine=engine, clock=clock)
    destinations = [
        Destination(VMS, DestinationKind.MUNICIPAL_VMS),
        Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM),
    ]
    journal = Journal(engine=engine, destinations=destinations, clock=clock, site="Stadera 1")
    outbox, queries = Outbox(engine), Queries(engine)
    media = MediaStore(root=folder / "media", engine=engine, clock=clock)
    orders = WorkOrders(engine=engine, clock=clock)
    holds, releases = Holds(engine=engine, clock=clock), Releases(engine=engine, store=media)
    roster, tokens = Roster(engine=engine, clock=clock), ApiTokens(engine=engine, clock=clock)
    people = (roster, tokens)
    stores = Stores(queries, journal, outbox, accounts, audit, media, orders, Tasks(engine), holds, releases, *people)
    app = create_app(
        stores=stores,
        clock=clock,
        site=Site("Stadera 1", "Europe/Rome", DOORS, cameras, {CONTROL_ROOM: TELEPHONE}),
        setup=setup,
        silent=lambda: silent,
        links=links,
        board=board,
    )
    retention = Retention(engine=engine, files=media, clock=clock, term=TERM_S)
    yield Room(clock, accounts, audit, journal, outbox, queries, media, orders, retention, app, engine, roster, tokens)
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


def add_pictures(room: Room, scene: Scene, *, seconds: float = 6.0) -> None:
    """A clip and three stills of the scene."""
    clip = film(seconds)
    room.media.add(
        incident=scene.incident,
        kind="clip",
        start=scene.began - 15,
        end=scene.began + 45,
        content=clip,
        suffix=".mp4",
    )
    for after, progress in ((8.0, 0.35), (15.0, 0.55), (26.0, 0.95)):
        _, jpeg = cv2.imencode(".jpg", draw(progress), [cv2.IMWRITE_JPEG_QUALITY, 88])
        at = scene.began + after
        room.media.add(incident=scene.incident, kind="still", start=at, end=at, content=jpeg.tobytes(), suffix=".jpg")


def film(seconds: float) -> bytes:
    """An H.264 clip in MP4 of a person who comes to a door and opens it."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "26", "g": str(FPS)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        count = round(seconds * FPS)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(draw(number / count), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def draw(progress: float) -> NDArray[np.uint8]:
    """The landing at `progress` 0..1 of the scene, BGR (HEIGHT, WIDTH, 3)."""
    ramp = np.linspace(150, 92, HEIGHT, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to(ramp * np.array([0.93, 0.98, 1.0], np.float32), (HEIGHT, WIDTH, 3)).copy()
    cv2.fillPoly(picture, [np.array([(0, 292), (640, 268), (640, 360), (0, 360)])], (74, 80, 86))
    cv2.rectangle(picture, (60, 92), (150, 288), (70, 88, 104), -1)
    cv2.rectangle(picture, (56, 88), (154, 288), (58, 66, 74), 3)
    cv2.rectangle(picture, (396, 70), (520, 279), (52, 58, 64), -1)
    cv2.rectangle(picture, (404, 78), (512, 276), (16, 18, 20), -1)
    swing = round(74 * max(0.0, min(1.0, (progress - 0.62) / 0.2)))
    leaf = np.array([(404, 78), (512 - swing, 78 + swing // 6), (512 - swing, 276 + swing // 8), (404, 276)])
    cv2.fillPoly(picture, [leaf], (82, 104, 128))
    cv2.polylines(picture, [leaf], True, (48, 60, 74), 2)
    cv2.rectangle(picture, (404, 168), (512 - swing, 178), (60, 196, 222), -1)
    if 0.1 < progress < 0.97:
        x = round(230 + 190 * min(1.0, (progress - 0.1) / 0.3) + 60 * max(0.0, (progress - 0.85) / 0.12))
        sway = round(4 * np.sin(progress * 60))
        cv2.ellipse(picture, (x, 205), (25, 52), 0, 0, 360, (62, 50, 44), -1)
        cv2.circle(picture, (x + 2, 136), 17, (70, 84, 112), -1)
        cv2.rectangle(picture, (x - 19, 240), (x - 3, 306 + sway), (40, 36, 34), -1)
        cv2.rectangle(picture, (x + 3, 240), (x + 19, 306 - sway), (40, 36, 34), -1)
        cv2.line(picture, (x + 14, 180), (x + 52, 186 + sway), (62, 50, 44), 11)
    noise = np.random.default_rng(int(progress * 1000)).normal(0, 1.2, (HEIGHT, WIDTH, 1)).astype(np.float32)
    seen: NDArray[np.uint8] = np.clip(cv2.GaussianBlur(picture, (3, 3), 0) + noise, 0, 255).astype(np.uint8)
    return seen
