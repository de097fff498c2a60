"""Simulated cameras in a process of their own, so that what they cost is not counted."""

import logging
import multiprocessing
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from vigilanza.lab.bench.workload import Scene
from vigilanza.lab.simcam import CameraServer

_READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that runs: where its streams are, and the scene that its sub stream shows."""

    id: str
    scene: Scene
    sub: str
    main: str | None = None


@dataclass(frozen=True, slots=True)
class _Mount:
    offset: float
    streams: dict[str, Path]


class CameraYard:
    """`count` cameras from `with` to the end of it. They show `scenes` in turn, and `mains` if given.

    Their scenes' period is divided evenly among them: whatever the share of activity, as many as it says are active
    at any time.
    """

    def __init__(
        self, count: int, scenes: Sequence[Scene], mains: Sequence[Scene] = (), *, cut_every: float | None = None
    ) -> None:
        """`cut_every`: seconds after which a camera breaks its connections again, each in its turn; None for never."""
        self._scenes = [scenes[number % len(scenes)] for number in range(count)]
        self._mains = [mains[number % len(mains)] for number in range(count)] if mains else []
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._mounts(), cut_every), daemon=True)
        self._theirs = theirs

    def __enter__(self) -> list[Camera]:
        self._process.start()
        self._theirs.close()
        if not self._ours.poll(_READY_S):
            self._process.kill()
            raise TimeoutError("the simulated cameras did not start")
        urls: list[str] = self._ours.recv()
        return [
            Camera(f"cam{number:02}", scene, f"{url}/sub", f"{url}/main" if self._mains else None)
            for number, (scene, url) in enumerate(zip(self._scenes, urls, strict=True))
        ]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ours.close()
        self._process.join(10.0)
        self._process.kill()
        self._process.join()

    def _mounts(self) -> list[_Mount]:
        mounts = []
        for number, scene in enumerate(self._scenes):
            streams = {"/sub": scene.video}
            if self._mains:
                streams["/main"] = self._mains[number].video
            mounts.append(_Mount(scene.seconds * number / len(self._scenes), streams))
        return mounts


def _serve(pipe: Connection, mounts: Sequence[_Mount], cut_every: float | None) -> None:
    """Play until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # that viewers hang up is no news
    with ExitStack() as stack:
        servers = [stack.enter_context(CameraServer(mount.streams, offset=mount.offset)) for mount in mounts]
        pipe.send([server.url("") for server in servers])
        pause = None if cut_every is None else cut_every / len(servers)
        for server in cycle(servers):
            if pipe.poll(pause):  # nothing is ever sent: the other end is gone
                return
            server.cut()
