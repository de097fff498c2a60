"""Those who are measured side by side on the same streams."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from vigilanza.domain.errors import VigilanzaError
from vigilanza.lab.bench.meter import Meter
from vigilanza.lab.bench.yard import Camera

_LAST_WORDS_BYTES = 400


Account: TypeAlias = Mapping[str, tuple[float, int]]
"""Camera → (when it said so, Unix seconds; pictures it had taken by then), (0, 0) if it never said."""


class NotMeasured(VigilanzaError):
    """Something could not be measured; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Command:
    """One process to be started; `log` gets what it says, in `folder`, where it runs."""

    arguments: tuple[str, ...]
    folder: Path
    log: str = "log"


class Contestant(Protocol):
    """A program that takes the streams of cameras."""

    @property
    def name(self) -> str:
        """As the table names it."""
        ...

    @property
    def fps(self) -> float:
        """Of the streams whose pictures it accounts for."""
        ...

    def commands(self, cameras: Sequence[Camera], folder: Path) -> list[Command]:
        """What to start, after writing what it needs into `folder`. NotMeasured if it is not installed."""
        ...

    def pictures(self, cameras: Sequence[Camera], folder: Path) -> Account | None:
        """Its account of all cameras; None if it keeps none."""
        ...

    def shortfall(self, folder: Path) -> str | None:
        """What it leaves out just now to keep pace, by its own account; None if it does all its work."""
        ...


class Running:
    """A contestant's processes from `with` to the end of it, ended by their ids."""

    def __init__(
        self, contestant: Contestant, cameras: Sequence[Camera], folder: Path, *, cores: int | None = None
    ) -> None:
        """`cores`: how many it may use; None for all. `folder` must not exist yet."""
        self.contestant, self.cameras, self.folder, self._cores = contestant, cameras, folder, cores
        self._processes: list[tuple[subprocess.Popen[bytes], Path]] = []
        self._meter = Meter(())

    def __enter__(self) -> "Running":
        self.folder.mkdir(parents=True)
        try:
            for command in self.contestant.commands(self.cameras, self.folder):
                self._processes.append(self._start(command))
        except BaseException:
            self.end()
            raise
        self._meter = Meter([process.pid for process, _ in self._processes])
        if self._cores is not None:
            allowed = sorted(os.sched_getaffinity(0))[: self._cores]
            for process, _ in self._processes:
                os.sched_setaffinity(process.pid, allowed)  # before it has threads and children: they inherit it
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def meter(self) -> Meter:
        """Over all its processes. NotMeasured if one of them has ended."""
        self.check_alive()
        return self._meter

    def check_alive(self) -> None:
        """NotMeasured if one of its processes has ended."""
        for process, log in self._processes:
            if process.poll() is not None:
                words = log.read_text("utf-8", "replace")[-_LAST_WORDS_BYTES:]
                raise NotMeasured(f"{self.contestant.name} ended by itself with {process.returncode}: {words}")

    def pictures(self) -> Account | None:
        """See Contestant.pictures."""
        return self.contestant.pictures(self.cameras, self.folder)

    def check_work(self) -> None:
        """NotMeasured if it leaves something out: what it costs then says nothing."""
        shortfall = self.contestant.shortfall(self.folder)
        if shortfall is not None:
            raise NotMeasured(f"{self.contestant.name} did not do all the work: {shortfall}. Is the machine busy?")

    def end(self) -> None:
        """SIGTERM, and SIGKILL for those that do not end."""
        for process, _ in self._processes:
            process.terminate()
        for process, _ in self._processes:
            try:
                process.wait(20.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, command: Command) -> "tuple[subprocess.Popen[bytes], Path]":
        log = command.folder / command.log
        try:
            with log.open("wb") as said:
                process = subprocess.Popen(
                    command.arguments,
                    cwd=command.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except FileNotFoundError as error:
            raise NotMeasured(f"{command.arguments[0]} is not installed: scripts/system-packages bench") from error
        return process, log
