"""How fast things happen in front of a box."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """At least so many break-ins, `at_once` of them side by side; between two steps of one `pause` seconds at most."""

    least: int = 5
    at_once: int = 1
    pause: float = 0.5
