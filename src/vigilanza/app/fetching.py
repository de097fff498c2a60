"""How a centre fetches pictures of its sites."""

from vigilanza.app.memory import Memory, open_withdrawal
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.pictureline import PictureLine
from vigilanza.cluster.picturepost import PicturePost
from vigilanza.config import CentreSettings, Config
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.secondlook import SecondLooks
from vigilanza.store.sitepictures import SitePictures


def picture_post(
    config: Config, settings: CentreSettings, key: SigningKey, connection: NatsConnection, memory: Memory, clock: Clock
) -> PicturePost:
    """`key` signs what is asked."""
    keys = {one.id: one.keys for one in settings.sites}
    return PicturePost(
        line=PictureLine(connection=connection, key=key, keys=keys, clock=clock),
        wishes=SitePictures(engine=memory.engine, clock=clock),
        looks=SecondLooks(engine=memory.engine, clock=clock),
        media=memory.media,
        withdrawal=open_withdrawal(memory, clock),
        quarantine=Quarantine(memory.engine),
        sites=tuple(keys),
        folder=config.storage.state / "fetching",
        clock=clock,
    )
