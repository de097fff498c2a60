"""What is learned of a camera goes from box to box."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.fakes import FakeClock
from vigilanza.app.carrier import Carrier
from vigilanza.cluster.learned import LONGEST_BYTES, Learned
from vigilanza.domain.errors import ClusterUnavailable


class Store:
    """See LearnedStore."""

    def __init__(self) -> None:
        self.files: dict[str, Learned] = {}
        self.puts: list[list[str]] = []
        self.away = False

    def put(self, camera: str, files: Mapping[str, Learned], *, there: Mapping[str, float]) -> None:
        self._answer()
        self.puts.append(sorted(files))
        self.files |= files
        assert there.keys() == self.files.keys()

    def newer(self, camera: str, than: Mapping[str, float]) -> dict[str, Learned]:
        self._answer()
        return {name: one for name, one in self.files.items() if one.at > than.get(name, 0.0)}

    def _answer(self) -> None:
        if self.away:
            raise ClusterUnavailable("away")


def carrier(store: Store, folder: Path) -> Carrier:
    folder.mkdir(exist_ok=True)
    return Carrier(store, folder=lambda camera: folder, clock=FakeClock())


def brought(one: Carrier) -> None:
    """One turn."""
    stop = threading.Event()

    def held() -> list[str]:
        stop.set()
        return ["cam"]

    one.run(stop, held)


def write(path: Path, content: bytes, at: float) -> None:
    path.write_bytes(content)
    os.utime(path, (at, at))


def test_what_one_box_learns_the_next_one_knows_and_keeps_what_is_newer(tmp_path: Path) -> None:
    store = Store()
    here, there = carrier(store, tmp_path / "a"), carrier(store, tmp_path / "b")
    write(tmp_path / "a" / "door.npz", b"sealed", 100.0)
    brought(here)
    there.fetch(["cam"])
    assert (tmp_path / "b" / "door.npz").read_bytes() == b"sealed"
    brought(there)
    brought(here)
    assert store.puts == [["door.npz"]], "nothing is brought that is there"
    write(tmp_path / "b" / "door.npz", b"by lamp light, too", 200.0)
    brought(there)
    here.fetch(["cam"])
    assert (tmp_path / "a" / "door.npz").read_bytes() == b"by lamp light, too"
    there.fetch(["cam"])
    assert here.failed == there.failed == 0


def test_without_a_server_our_own_counts_and_it_is_brought_later(tmp_path: Path) -> None:
    store = Store()
    store.away = True
    here = carrier(store, tmp_path / "a")
    write(tmp_path / "a" / "door.npz", b"sealed", 100.0)
    here.fetch(["cam", "other"])
    brought(here)
    assert here.failed == 2
    store.away = False
    brought(here)
    assert store.puts == [["door.npz"]]


def test_what_is_too_large_stays_here(tmp_path: Path) -> None:
    store = Store()
    here = carrier(store, tmp_path / "a")
    write(tmp_path / "a" / "view.npz", bytes(LONGEST_BYTES + 1), 100.0)
    write(tmp_path / "a" / "door.npz", b"sealed", 100.0)
    brought(here)
    assert store.puts == [["door.npz"]]
