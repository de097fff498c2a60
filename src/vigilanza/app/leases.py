"""What a watching process needs where several boxes share the cameras of a site: leases, and who follows them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from vigilanza.app.carrier import Carrier
from vigilanza.app.desk import Desk
from vigilanza.app.duties import Duties
from vigilanza.app.learnedfolder import learned_folder
from vigilanza.app.leasenote import LeaseNote
from vigilanza.app.posts import Posts
from vigilanza.app.share import Share
from vigilanza.app.sharing import Sharing
from vigilanza.app.unwatched import Unwatched
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.learned import LearnedBucket
from vigilanza.cluster.leases import LeaseBucket
from vigilanza.config import Camera, Config, SharingSettings

TIDY_S = 1.0


@dataclass(frozen=True, slots=True)
class Leases:
    """Of one process; `cameras` are all of the site."""

    sharing: Sharing
    duties: Duties
    bucket: LeaseBucket
    connection: NatsConnection
    carrier: Carrier
    unwatched: Unwatched
    cameras: Sequence[Camera]
    clock: Clock

    def runs(self, posts: Posts) -> tuple[Callable[[threading.Event], None], ...]:
        """The loops that keep it going, a thread each."""
        return partial(self._share, posts), partial(self._follow, posts), self._carry, self.unwatched.run

    def _carry(self, stop: threading.Event) -> None:
        self.carrier.run(stop, lambda: [name for name, held in self.duties.cameras.items() if held])

    def _share(self, posts: Posts, stop: threading.Event) -> None:
        try:
            self.sharing.run(stop, posts, self.duties)
        finally:
            self.connection.close()

    def _follow(self, posts: Posts, stop: threading.Event) -> None:
        """Leave and open what the duties say, until `stop` is set."""
        while not stop.is_set():
            self.clock.wait(TIDY_S, self.duties.changed)
            self.duties.changed.clear()
            posts.tidy()
            wanted = self.duties.cameras
            if gone := posts.watching() - wanted.keys():
                posts.leave(sorted(gone))
            fresh = [camera for camera in self.cameras if camera.id in wanted.keys() - posts.watching()]
            if fresh and not stop.is_set():
                self.carrier.fetch(camera.id for camera in fresh)
                posts.open(fresh)
                posts.resume(stop)
                posts.begin()


def open_leases(config: Config, sharing: SharingSettings, share: Share, desk: Desk, clock: Clock) -> Leases:
    """ConfigError if a certificate cannot be used. Nothing is asked of the server yet."""
    box = share.box(sharing)
    connection = NatsConnection(sharing.nats, name=f"vigilanza watch {box}")
    bucket = LeaseBucket(connection, site=config.site.id, box=box, life=uuid4().hex, replicas=sharing.replicas)
    leases = Sharing(
        bucket=bucket,
        box=box,
        capacity=share.capacity(sharing),
        cameras=[camera.id for camera in config.cameras],
        note=LeaseNote.of(config.storage.state, share, box),
        clock=clock,
    )
    learned = LearnedBucket(connection, site=config.site.id, replicas=sharing.replicas)
    carrier = Carrier(learned, folder=partial(learned_folder, config), clock=clock)
    duties = Duties(desk.put, is_sure=leases.is_sure)
    unwatched = Unwatched(leases, config.cameras, desk.memory.journal, clock)
    return Leases(leases, duties, bucket, connection, carrier, unwatched, config.cameras, clock)
