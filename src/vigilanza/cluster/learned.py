"""What the detectors of each camera have learned, for the box that watches it next."""

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from vigilanza.cluster.bucket import Bucket
from vigilanza.cluster.connection import NatsConnection
from vigilanza.domain.errors import ClusterUnavailable

PATIENCE_S = 2.0
LONGEST_BYTES = 900_000
"""A NATS server takes messages of 1 MiB unless it is told otherwise."""
_AT = struct.Struct(">d")


@dataclass(frozen=True, slots=True)
class Learned:
    """One file: when it was written (UTC, Unix seconds), and its bytes."""

    at: float
    content: bytes


class LearnedBucket:
    """Files by camera. One thread at a time; every method may raise ClusterUnavailable."""

    def __init__(self, connection: NatsConnection, *, site: str, replicas: int = 1) -> None:
        self._bucket = Bucket(connection, kind="learned", site=site, replicas=replicas)

    def put(self, camera: str, files: Mapping[str, Learned], *, there: Mapping[str, float]) -> None:
        """Add `files`; `there`: the names and times of all that the camera has by now."""

        async def write(bucket: KeyValue) -> None:
            for name, file in files.items():
                await bucket.put(_key(camera, name), _AT.pack(file.at) + file.content)
            await bucket.put(_key(camera), json.dumps(dict(there)).encode())

        self._bucket.ask(write, patience_s=PATIENCE_S)

    def newer(self, camera: str, than: Mapping[str, float]) -> dict[str, Learned]:
        """The files that are newer than ours, or that we have not; ours by name and time."""

        async def read(bucket: KeyValue) -> dict[str, Learned]:
            try:
                told = json.loads((await bucket.get(_key(camera))).value or b"{}")
            except KeyNotFoundError:
                return {}
            names = [str(name) for name, at in told.items() if float(at) > than.get(name, float("-inf"))]
            found = await asyncio.gather(*(bucket.get(_key(camera, name)) for name in names))
            raw = {name: entry.value or b"" for name, entry in zip(names, found, strict=True)}
            return {name: Learned(_AT.unpack_from(one)[0], one[_AT.size :]) for name, one in raw.items()}

        try:
            return self._bucket.ask(read, patience_s=PATIENCE_S)
        except (ValueError, AttributeError, TypeError, struct.error) as error:
            raise ClusterUnavailable(f"what was learned of {camera} cannot be read: {error}") from error


def _key(*names: str) -> str:
    """A dot would end a token of a subject; no name has an equals sign in it."""
    return "/".join(name.replace(".", "=") for name in names)
