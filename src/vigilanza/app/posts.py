"""The cameras that this process watches just now: opened, taken up where they were left, and left again."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from vigilanza.app.desk import Desk
from vigilanza.app.eyes import Eyes
from vigilanza.app.film import Film
from vigilanza.app.resume import Resumption
from vigilanza.app.sight import tell_seen
from vigilanza.capture.ring import GopRing
from vigilanza.capture.tap import Seen
from vigilanza.clock import Clock
from vigilanza.config import Camera, Privacy
from vigilanza.domain.events import Event, EventKind

log = structlog.get_logger(__name__)

JOIN_S = 10.0
BLIND_S = 10.0


@dataclass(frozen=True, slots=True)
class Post:
    """One camera's eyes, what ends them, and their threads once they look."""

    eyes: Eyes
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)


class Posts:
    """One thread opens and leaves, any may look on. `rings`, `looked_at` and `seen` are for the tap, and follow."""

    def __init__(
        self,
        *,
        open_eyes: Callable[[Camera], Eyes],
        desk: Desk,
        privacy: Privacy,
        clock: Clock,
        forget: Callable[[str], None],
    ) -> None:
        """`forget` ends the figures of a stream that is left."""
        self._forget = forget
        self._open_eyes, self._desk, self._privacy, self._clock = open_eyes, desk, privacy, clock
        self._posts: dict[str, Post] = {}
        self._left: dict[str, Post] = {}
        self._unseen: dict[str, float] = {}
        self._resuming: list[threading.Thread] = []
        self.rings: dict[str, GopRing] = {}
        self.looked_at: dict[str, GopRing] = {}
        self.seen: dict[str, Seen] = {}

    def __iter__(self) -> Iterator[Eyes]:
        return iter([post.eyes for post in self._posts.values() if post.threads])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def watching(self) -> frozenset[str]:
        """Cameras whose eyes are open."""
        return frozenset(self._posts)

    def seeing(self) -> frozenset[str]:
        """Those of them that give pictures."""
        return frozenset(one.camera.id for one in self if _sees(one))

    def blind(self) -> frozenset[str]:
        """Those of them that have given none for BLIND_S; one thread asks, again and again."""
        now, seeing = self._clock.monotonic(), self.seeing()
        self._unseen = {name: self._unseen.get(name, now) for name in self.watching() - seeing}
        return frozenset(name for name, since in self._unseen.items() if now - since >= BLIND_S)

    def resting(self) -> frozenset[str]:
        """Those of them that see, where nothing happens and no clip is under way."""
        pinner = self._desk.pinner
        quiet = (one.camera.id for one in self if one.pipeline.belief() is not None and one.urgency <= 1)
        return frozenset(name for name in quiet if not pinner.awaits(name))

    def open(self, cameras: Sequence[Camera]) -> None:
        """Make their eyes, which do not look yet."""
        for camera in cameras:
            self._await(camera.id)
            self._desk.doorways.forget(camera.id)  # what was seen there is long ago
            eyes = self._open_eyes(camera)
            film = self._desk.films[camera.id] = Film.of(camera, eyes.ring, self._privacy)
            self.rings |= eyes.rings
            if film.leaves:
                self.looked_at[camera.id] = eyes.looked_at
            self.seen[camera.id] = tell_seen(eyes.pipeline.belief)
            self._posts = {**self._posts, camera.id: Post(eyes)}

    def resume(self, stop: threading.Event) -> None:
        """Have those that do not look yet take up what is open; returns with the journal's answer, or without it."""
        self._desk.openings.reopen()
        waiting = [post.eyes for post in self._posts.values() if not post.threads]
        spool = self._desk.spool
        resumption = Resumption(
            recorded=self._desk.memory.journal.open_incidents,
            spooled=spool.first(len(spool)),
            resume=partial(self._take_up, waiting),
            clock=self._clock,
            on_answer=self._desk.openings.complete,
        )
        self._resuming = [thread for thread in self._resuming if thread.is_alive()]
        self._resuming.append(threading.Thread(target=resumption.run, args=(stop,), daemon=True))
        self._resuming[-1].start()
        resumption.wait()

    def begin(self) -> None:
        """Let those look that do not yet."""
        for post in self._posts.values():
            if not post.threads:
                post.threads.extend(post.eyes.start(post.stop))

    def leave(self, cameras: Sequence[str]) -> None:
        """End these soon, and wait for none of them; what is still to be cut out of their rings stays."""
        for name in cameras:
            post = self._posts[name]
            post.stop.set()
            post.eyes.hurry()
            self._posts = {key: one for key, one in self._posts.items() if key != name}
            self._left[name] = post
            for stream in post.eyes.rings:
                self.rings.pop(stream, None)
            self.looked_at.pop(name, None)
            self.seen.pop(name, None)

    def end(self) -> None:
        """Leave all, and wait for them."""
        self.leave(list(self._posts))
        for thread in [*self._resuming, *(thread for post in self._left.values() for thread in post.threads)]:
            thread.join(timeout=JOIN_S)

    def tidy(self) -> None:
        """Free what nobody needs any more of the cameras that were left."""
        for name, post in list(self._left.items()):
            if not any(thread.is_alive() for thread in post.threads) and not self._desk.pinner.awaits(name):
                for ring in post.eyes.rings.values():
                    ring.clear()
                for stream in (name, f"{name}/main"):
                    self._forget(stream)
                del self._left[name]

    def _await(self, name: str) -> None:
        """Two may not write what is learned of one camera."""
        if (former := self._left.pop(name, None)) is not None:
            for thread in former.threads:
                thread.join(timeout=JOIN_S)

    def _take_up(self, waiting: Sequence[Eyes], last_events: Sequence[Event]) -> None:
        self._desk.openings.note(last_events)
        for one in waiting:
            one.resume(last_events)


def _sees(one: Eyes) -> bool:
    """A camera that is lost, or came back just now, has shown nothing yet."""
    belief = one.pipeline.belief()
    return belief is not None and not (belief.attack.open and EventKind.CAMERA_LOST in belief.attack.raised)
