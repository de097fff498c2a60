"""A receiver that the drill can take away and make misbehave."""

from collections.abc import Mapping
from random import Random
from typing import Any, Protocol, TypeAlias

Arrival: TypeAlias = tuple[str, int]
"""Which alert: its incident, as the protocol names it, and its place in it, growing with the alert's `sequence`."""


class Party(Protocol):
    """One destination, or a VMS that asks. Its address stays the same over `down` and `up`."""

    name: str

    def settings(self) -> Mapping[str, Any]:
        """What the configuration has of it: a destination; of a VMS that asks, the part `onvif_device`."""
        ...

    def environ(self) -> Mapping[str, str]:
        """The secrets that the configuration names."""
        ...

    def up(self) -> None:
        """Begin to take alerts, or take them again."""
        ...

    def down(self) -> None:
        """Be gone, without a word where that loses nothing that was acknowledged: connections are refused."""
        ...

    def freeze(self) -> None:
        """Stand still: connections are taken by the system, and nothing is answered."""
        ...

    def thaw(self) -> None:
        """Go on."""
        ...

    def misbehave(self, chance: Random) -> None:
        """Answer one of the next alerts wrongly, or accept it and say nothing."""
        ...

    @property
    def arrived(self) -> list[Arrival]:
        """In the order of first arrival. A receiver knows an alert again by its id, so one that had an effect twice is
        here twice.
        """
        ...
