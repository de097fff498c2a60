"""Whom an operator may telephone about an incident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Callee:
    """`sends`: they send a patrol. `destination`: alerts go there, too, and `id` is its name."""

    id: str
    name: str
    telephone: str
    sends: bool = False
    destination: bool = False
