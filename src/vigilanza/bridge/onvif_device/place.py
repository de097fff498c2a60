"""The site as a device shows it: a channel per camera, an input per sealed door, and the tokens that name them."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

TOKEN_MAX = 64
_DIGESTED = re.compile(r"-[0-9a-f]{8}$")


def token(prefix: str, *names: str) -> str:
    """A reference token, [A-Za-z0-9_-]{1,64}; always the same for the same names, and another for others."""
    plain = "_".join((prefix, *names))
    safe = re.sub(r"[^A-Za-z0-9_-]", "-", plain)
    is_one = safe == plain and len(safe) <= TOKEN_MAX and not _DIGESTED.search(safe)
    if is_one and (len(names) == 1 or not any("_" in name for name in names)):
        return safe
    # Names may look alike after the replacement, or be cut elsewhere (a_b and c, a and b_c), or be written as if they
    # had a digest; the digest keeps them apart.
    digest = hashlib.sha256("\0".join((prefix, *names)).encode()).hexdigest()[:8]
    return f"{safe[: TOKEN_MAX - 9]}-{digest}"


@dataclass(frozen=True, slots=True)
class SealedDoor:
    """A sealed door as one camera sees it."""

    camera: str
    door: str

    @property
    def input(self) -> str:
        """Token of its virtual digital input."""
        return token("DI", self.camera, self.door)

    @property
    def rule(self) -> str:
        """Name of the rule that watches it; holds none of / # + (they are special in MQTT topics)."""
        return f"sealed-door-{self.door}"


@dataclass(frozen=True, slots=True)
class Channel:
    """One camera."""

    camera: str
    doors: tuple[SealedDoor, ...] = ()

    @property
    def source(self) -> str:
        """Token of its video source: what events name."""
        return token("VS", self.camera)

    @property
    def profile(self) -> str:
        """Token of its only profile."""
        return token("P", self.camera)

    def configuration(self, kind: str) -> str:
        """Token of its configuration of that kind, e.g. VSC."""
        return token(kind, self.camera)


@dataclass(frozen=True, slots=True)
class Place:
    """The device: `site` is its serial number, `name` what people call it."""

    site: str
    name: str
    channels: tuple[Channel, ...]

    @staticmethod
    def of(*, site: str, name: str, doors: Mapping[str, Sequence[str]]) -> "Place":
        """`doors`: the sealed ones by camera, in the order of the configuration."""
        seen_by = {camera: tuple(SealedDoor(camera, door) for door in seen) for camera, seen in doors.items()}
        return Place(site, name, tuple(Channel(camera, seen) for camera, seen in seen_by.items()))

    def doors(self) -> Iterator[SealedDoor]:
        """All, camera after camera."""
        for channel in self.channels:
            yield from channel.doors
