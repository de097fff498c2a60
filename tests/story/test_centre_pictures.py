"""Pictures of a confirmed incident that lie at a site: a centre that is killed while it fetches them has them later."""

from pathlib import Path

from tests.centre import centre_file, new_key, read, reception_of
from tests.centre_orders import SITE, public
from tests.centre_pictures import Lender, happened
from tests.commands import Command, wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision
from vigilanza.domain.picturerequest import PIECE_BYTES
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore

CLIP = bytes(range(256)) * 12_000
"""It takes three seconds at the rate that a line is asked for."""


def test_a_centre_that_is_killed_while_it_fetches_has_the_clip_afterwards(tmp_path: Path) -> None:
    server, clock = NatsServer(tmp_path / "nats"), SystemClock()
    keys = [public(new_key(tmp_path, name)) for name in (SITE, "order")]
    path = centre_file(
        tmp_path, nats=server.url, sites=[SITE], database=f"sqlite:///{tmp_path}/centre.db", key="order.pem"
    )
    server.start()
    config, engine = read(path), open_database(f"sqlite:///{tmp_path}/centre.db")
    media = MediaStore(root=config.storage.media, engine=engine, clock=clock)
    site = Lender(tmp_path, server, SITE, [keys[1]])
    incident = site.record(happened("one"), reception_of(config, engine))
    site.keep(incident, "clip", CLIP)
    Journal(engine=engine, destinations=[], clock=clock, site="centre").decide(
        Decision(incident, "anna", clock.now(), avs=3)
    )
    fetching = config.storage.state / "fetching"
    with site.running():
        with Command("centre", "--config", path, folder=tmp_path) as centre:
            wait_until("some pieces", lambda: site.counted.count("given") > 5)
            centre.kill()
        assert site.counted.count("given") < len(CLIP) / PIECE_BYTES
        assert len(list(fetching.iterdir())) == 1
        (fetching / "of one that is wanted no more").write_bytes(b"a part of it")
        assert media.for_incident(incident) == []
        with Command("centre", "--config", path, folder=tmp_path) as centre:
            [clip] = wait_until("the clip", lambda: media.for_incident(incident))
            assert media.path(clip.id).read_bytes() == CLIP
            assert list(fetching.iterdir()) == []
            assert centre.end() == 0
    for opened in (engine, site.engine):
        opened.dispose()
    server.kill()
