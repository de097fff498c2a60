"""The table of leases in a NATS key-value bucket, and beside it the sign of life of each box."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from vigilanza.cluster.bucket import Bucket
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.leasetable import read_table, table_to_json
from vigilanza.domain.lease import LeaseTable

PATIENCE_S = 1.0
"""For one look or one change, whatever the server does."""
_TABLE = "table"


@dataclass(frozen=True, slots=True)
class LeaseSight:
    """One look: the table, and by box the number of its last sign of life, which grows while it lives."""

    table: LeaseTable
    beats: Mapping[str, int]


class LeaseBucket:
    """Of one site, as one box uses it. One thread; every method may raise ClusterUnavailable."""

    def __init__(self, connection: NatsConnection, *, site: str, box: str, life: str, replicas: int = 1) -> None:
        """`life` tells this process from others of the same `box`; `replicas`: servers that keep the bucket."""
        self._bucket = Bucket(connection, kind="leases", site=site, replicas=replicas)
        self._box, self._life = box, life.encode()
        self._beat: int | None = None
        self.namesakes = 0
        """How often another process was found to live under the name of this box."""

    def look(self) -> LeaseSight:
        """Give a sign of life, then read all."""
        return self._bucket.ask(self._look, patience_s=PATIENCE_S)

    def write(self, table: LeaseTable) -> LeaseTable | None:
        """`table` with its new revision; None if somebody else has written since the revision it was made of."""
        return self._bucket.ask(lambda bucket: self._write(bucket, table), patience_s=PATIENCE_S)

    async def _look(self, bucket: KeyValue) -> LeaseSight:
        await self._live(bucket)
        table = await self._read(bucket)
        boxes = sorted({*table.boxes, self._box})
        found = await asyncio.gather(*(self._revision(bucket, box) for box in boxes))
        return LeaseSight(table, dict(zip(boxes, found, strict=True)))

    async def _live(self, bucket: KeyValue) -> None:
        key = f"box.{self._box}"
        try:
            if self._beat is not None:
                self._beat = await bucket.update(key, self._life, last=self._beat)
                return
        except KeyWrongLastSequenceError:
            await self._note_namesake(bucket, key)
        self._beat = await bucket.put(key, self._life)

    async def _note_namesake(self, bucket: KeyValue, key: str) -> None:
        """A sign of ours of which we heard no answer is none, nor a server that has forgotten it."""
        try:
            entry = await bucket.get(key)
        except KeyNotFoundError:
            return
        self.namesakes += entry.value != self._life

    async def _read(self, bucket: KeyValue) -> LeaseTable:
        try:
            entry = await bucket.get(_TABLE)
        except KeyNotFoundError:
            return LeaseTable()
        return read_table(entry.value or b"", entry.revision or 0)

    async def _revision(self, bucket: KeyValue, box: str) -> int:
        try:
            return (await bucket.get(f"box.{box}")).revision or 0
        except KeyNotFoundError:
            return 0

    async def _write(self, bucket: KeyValue, table: LeaseTable) -> LeaseTable | None:
        try:
            revision = await bucket.update(_TABLE, table_to_json(table), last=table.revision)
        except KeyWrongLastSequenceError:
            return None
        return LeaseTable(table.leases, table.boxes, revision)
