"""The part of a box's cameras that one process watches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from vigilanza.config import Config, SharingSettings
from vigilanza.domain.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """Number `index` (from 1) of `count` shares of nearly the same size."""

    index: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    @staticmethod
    def parse(text: str) -> "Share":
        """Of "2/4". ConfigError for anything else."""
        found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if found is None or int(found[1]) > int(found[2]):
            raise ConfigError(f"--share: {text!r} is no share, e.g. 2/4")
        return Share(int(found[1]), int(found[2]))

    @staticmethod
    def all_of(cameras: int, *, at_most: int) -> tuple["Share", ...]:
        """As few shares as hold `cameras`, none more than `at_most`."""
        count = max(1, -(-cameras // at_most))
        return tuple(Share(index, count) for index in range(1, count + 1))

    @property
    def suffix(self) -> str:
        """What distinguishes the files of this share; nothing if there is only one."""
        return "" if self.count == 1 else f"-{self.index}"

    def of(self, cameras: Sequence[T]) -> list[T]:
        """Those of this share: neighbours in the list are watched by different processes, as one switch feeds both."""
        return list(cameras[self.index - 1 :: self.count])

    def capacity(self, sharing: SharingSettings) -> int:
        """This share of the cameras that the box may watch."""
        return (sharing.capacity + self.count - self.index) // self.count

    def box(self, sharing: SharingSettings) -> str:
        """The name under which this process holds leases: a box's name has no dot in it."""
        return sharing.box if self.count == 1 else f"{sharing.box}.{self.index}"


def shares_of(config: Config) -> tuple[Share, ...]:
    """The processes that watch on this box: for all cameras, or for as many as it may watch if others watch, too."""
    cameras = len(config.cameras)
    most = cameras if config.sharing is None else min(cameras, config.sharing.capacity)
    return Share.all_of(most, at_most=config.capture.cameras_per_process)
