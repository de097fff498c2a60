"""Carries what is learned of a camera from box to box: the next one must know what the sealed door looks like."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import structlog

from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock
from vigilanza.cluster.learned import LONGEST_BYTES, Learned
from vigilanza.domain.errors import ClusterUnavailable

log = structlog.get_logger(__name__)

LOOK_S = 2.0


class LearnedStore(Protocol):
    """See LearnedBucket."""

    def put(self, camera: str, files: Mapping[str, Learned], *, there: Mapping[str, float]) -> None: ...

    def newer(self, camera: str, than: Mapping[str, float]) -> dict[str, Learned]: ...


class Carrier:
    """`run` is one thread's; `fetch` may be called by another one."""

    def __init__(self, store: LearnedStore, *, folder: Callable[[str], Path], clock: Clock) -> None:
        """`folder`: a camera's own."""
        self._store, self._folder, self._clock = store, folder, clock
        self._brought: dict[str, Mapping[str, float]] = {}
        self._lock = threading.Lock()
        self.failed = 0
        """Attempts to bring or fetch that failed."""

    def fetch(self, cameras: Iterable[str]) -> None:
        """What another box has learned since we last did, before they are opened; ours counts if no server answers."""
        with self._lock:
            try:
                for camera in cameras:
                    self._fetch(camera)
            except (ClusterUnavailable, OSError) as error:
                self.failed += 1
                log.warning("what other boxes learned is not known: our own counts", why=str(error))

    def _fetch(self, camera: str) -> None:
        folder = self._folder(camera)
        for name, file in self._store.newer(camera, _times(folder)).items():
            write_whole(folder / Path(name).name, file.content)
            os.utime(folder / Path(name).name, (file.at, file.at))
        self._brought[camera] = _times(folder)

    def run(self, stop: threading.Event, held: Callable[[], Iterable[str]]) -> None:
        """Bring what is new of the cameras that are `held`, until `stop` is set."""
        while not self._clock.wait(LOOK_S, stop):
            for camera in held():
                self._bring(camera)

    def _bring(self, camera: str) -> None:
        folder = self._folder(camera)
        with self._lock:
            try:
                times = _times(folder)
                if times == self._brought.get(camera):
                    return
                brought = self._brought.get(camera, {})
                names = [name for name, at in times.items() if at != brought.get(name)]
                files = {name: Learned(times[name], (folder / name).read_bytes()) for name in names}
                large = {name for name, file in files.items() if len(file.content) > LONGEST_BYTES}
                if large:
                    log.error("too large to be carried to other boxes", camera=camera, files=sorted(large))
                small = {name: file for name, file in files.items() if name not in large}
                self._store.put(camera, small, there={name: at for name, at in times.items() if name not in large})
                self._brought[camera] = times
            except (ClusterUnavailable, OSError) as error:
                self.failed += 1
                log.debug("what is learned stays here for now", camera=camera, why=str(error))


def _times(folder: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime for path in folder.glob("*.npz") if ".new." not in path.name}
