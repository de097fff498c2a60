"""The streams between sites and centre, and putting a message into one."""

from collections.abc import Mapping

from nats.aio.client import Client
from nats.js.api import DiscardPolicy, PubAck, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, BadRequestError, NotFoundError
from nats.js.errors import Error as JetStreamError

from vigilanza.cluster.connection import NatsConnection
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, ClusterUnavailable
from vigilanza.domain.message import DISPATCHES, PULSES
from vigilanza.domain.wire import MESSAGE_MAX_BYTES

PATIENCE_S = 10.0
HEADERS_BYTES = 1024
PER_SITE_MAX = 10_000
"""So many dispatches of one site wait for the centre at most; what comes then is not taken, and stays at the site. They
are fewer than the centre reads ahead: one site alone cannot stand before all others.
"""
WAITING_MAX_BYTES = 8_000_000_000
_TOO_LARGE = 10054
_ONCE_S = 120.0

DISPATCH_STREAM = StreamConfig(
    name="VIGILANZA_DISPATCHES",
    subjects=[f"{DISPATCHES}.*"],
    retention=RetentionPolicy.WORK_QUEUE,
    storage=StorageType.FILE,
    discard=DiscardPolicy.NEW,
    discard_new_per_subject=True,
    max_msgs_per_subject=PER_SITE_MAX,
    max_bytes=WAITING_MAX_BYTES,
    max_msg_size=MESSAGE_MAX_BYTES + HEADERS_BYTES,
    duplicate_window=_ONCE_S,
)
"""Each message is kept until the centre has it. One site that sends without end takes no room from the others."""
PULSE_STREAM = StreamConfig(
    name="VIGILANZA_PULSES",
    subjects=[f"{PULSES}.*"],
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    discard=DiscardPolicy.OLD,
    max_msgs_per_subject=1,
    max_bytes=100_000_000,
    max_msg_size=2 * HEADERS_BYTES,
    duplicate_window=_ONCE_S,
)
"""The latest of each site."""


async def ensure_stream(client: Client, stream: StreamConfig) -> None:
    """There is such a stream, as it is described here."""
    manager = client.jetstream()
    try:
        await manager.stream_info(str(stream.name))
    except NotFoundError:
        await manager.add_stream(stream)
    else:
        await manager.update_stream(stream)


async def put(client: Client, subject: str, body: bytes, headers: Mapping[str, str]) -> PubAck:
    """Publish and wait for what the stream says of it; whoever calls says how long."""
    # Longer than the caller's own patience, which knows more about why.
    return await client.jetstream().publish(subject, body, headers=dict(headers), timeout=2 * PATIENCE_S)


class SiteStream:
    """A site's way into the streams, which the centre makes."""

    def __init__(self, connection: NatsConnection, *, name: str) -> None:
        """`name` begins every error."""
        self._connection, self._name, self._seen = connection, name, 0

    def publish(self, subject: str, body: bytes, headers: Mapping[str, str]) -> str:
        """What the stream acknowledges. ChannelUnavailable if it does not, or has no room; ChannelRefused if the
        message is too large for it.
        """
        try:
            ack = self._connection.call(lambda client: put(client, subject, body, headers), patience_s=PATIENCE_S)
        except ClusterUnavailable as error:
            raise ChannelUnavailable(f"{self._name}: {error}") from error
        except APIError as error:
            said = f"{self._name}: the stream does not take it: {error.description}"
            if isinstance(error, BadRequestError) and error.err_code == _TOO_LARGE:
                raise ChannelRefused(said) from error
            raise ChannelUnavailable(said) from error
        except JetStreamError as error:
            raise ChannelUnavailable(f"{self._name}: {error}") from error
        again = ", which had it" if ack.duplicate else ""
        return f"stream {ack.stream}, sequence {ack.seq}{again}"

    def came_back(self) -> bool:
        """Whether the connection was lost, or not there yet, when this was asked last, and is there now."""
        before, self._seen = self._seen, self._connection.times_connected
        return self._seen > before

    def close(self) -> None:
        """Leave."""
        self._connection.close()
