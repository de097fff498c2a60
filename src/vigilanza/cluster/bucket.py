"""One key-value bucket in NATS, made when it is first needed."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nats.aio.client import Client
from nats.js.api import KeyValueConfig
from nats.js.errors import BadRequestError, NoStreamResponseError
from nats.js.errors import Error as JetStreamError
from nats.js.kv import KeyValue

from vigilanza.cluster.connection import NatsConnection
from vigilanza.domain.errors import ClusterUnavailable

Answer = TypeVar("Answer")


class Bucket:
    """What is latest of each key. An administrator may make the bucket before, as he likes it."""

    def __init__(self, connection: NatsConnection, *, kind: str, site: str, replicas: int) -> None:
        """`kind` and `site` name it; `replicas`: so many servers are to keep it."""
        self._connection, self._replicas = connection, replicas
        self._name = f"vigilanza-{kind}-{re.sub('[^A-Za-z0-9_-]', '_', site)}"

    def ask(self, ask: Callable[[KeyValue], Awaitable[Answer]], *, patience_s: float) -> Answer:
        """What `ask` gives on it. ClusterUnavailable: what was asked may have been done."""

        async def asked(client: Client) -> Answer:
            js = client.jetstream(timeout=patience_s)
            # Not the library's way to find a bucket, which asks the server about it each time.
            bucket = KeyValue(self._name, f"KV_{self._name}", f"$KV.{self._name}.", js, direct=False)
            try:
                return await ask(bucket)
            except NoStreamResponseError:
                await self._make(client)
                return await ask(bucket)

        try:
            return self._connection.call(asked, patience_s=patience_s)
        except JetStreamError as error:
            raise ClusterUnavailable(f"the bucket {self._name} in NATS cannot be used: {error}") from error

    async def _make(self, client: Client) -> None:
        config = KeyValueConfig(bucket=self._name, history=1, replicas=self._replicas)
        try:
            await client.jetstream().create_key_value(config)
        except BadRequestError:
            return  # it is there by now, and otherwise than we would have made it
