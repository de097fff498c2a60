"""The leases and what is learned, in buckets of a real NATS server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import wait_until
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.learned import Learned, LearnedBucket
from vigilanza.cluster.leases import LeaseBucket, LeaseSight
from vigilanza.cluster.link import NatsLink
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.lease import Lease, LeaseTable
from vigilanza.lab.nats_server import NatsServer

TABLE = LeaseTable({"b3.landing": Lease("a", 0, heir="b"), "b4": Lease("b", 0)}, {"a": 16, "b": 8})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def line(server: NatsServer) -> Iterator[NatsConnection]:
    with NatsConnection(NatsLink((server.url,)), name="test") as line:
        yield line


def found(box: LeaseBucket) -> LeaseSight | None:
    try:
        return box.look()
    except ClusterUnavailable:
        return None


def bucket(line: NatsConnection, box: str, life: str = "one") -> LeaseBucket:
    return LeaseBucket(line, site="milano.0423", box=box, life=life)


def test_the_table_is_written_by_who_knows_its_latest_revision_only(line: NatsConnection) -> None:
    a, b = bucket(line, "a"), bucket(line, "b")
    assert a.look().table == b.look().table == LeaseTable()
    written = a.write(TABLE)
    assert written is not None
    assert (written.leases, written.boxes) == (TABLE.leases, TABLE.boxes)
    assert b.write(TABLE) is None
    assert b.look().table == written
    again = b.write(written)
    assert again is not None
    assert again.revision > written.revision


def test_every_look_is_a_sign_of_life_that_others_see(line: NatsConnection) -> None:
    a, b = bucket(line, "a"), bucket(line, "b")
    a.look()
    assert a.write(TABLE)
    before = a.look().beats
    b.look()
    after = a.look().beats
    assert after["b"] > before["b"] == 0
    assert after["a"] > before["a"]
    assert a.look().beats["b"] == after["b"]


def test_two_boxes_of_one_name_find_that_out(line: NatsConnection) -> None:
    first, second = bucket(line, "a"), bucket(line, "a", life="two")
    first.look()
    second.look()
    assert second.namesakes == 0, "a box that begins anew takes the name over"
    first.look()
    assert first.namesakes == 1


def test_a_server_that_lost_everything_is_filled_anew(line: NatsConnection, server: NatsServer, tmp_path: Path) -> None:
    a = bucket(line, "a")
    a.look()
    assert a.write(TABLE)
    server.kill()
    with pytest.raises(ClusterUnavailable):
        a.look()
    emptied = NatsServer(tmp_path / "empty", port=server.port)
    emptied.start()
    try:
        assert wait_until("the server to be found again", lambda: found(a)).table == LeaseTable()
        assert a.write(TABLE)
        assert a.namesakes == 0
    finally:
        emptied.kill()


def test_what_is_learned_of_a_camera_is_got_where_it_is_newer(line: NatsConnection) -> None:
    learned = LearnedBucket(line, site="milano.0423")
    assert learned.newer("b3.landing", {}) == {}
    door, view = Learned(100.5, b"door"), Learned(101.0, bytes(500_000))
    learned.put("b3.landing", {"door-x.npz": door, "view.npz": view}, there={"door-x.npz": 100.5, "view.npz": 101.0})
    assert learned.newer("b3.landing", {}) == {"door-x.npz": door, "view.npz": view}
    assert learned.newer("b3.landing", {"door-x.npz": 100.5, "view.npz": 99.0}) == {"view.npz": view}
    assert learned.newer("b4", {}) == {}
