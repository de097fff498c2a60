"""What is told to the box's recorder, each with the id by which it is told to be done."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID, uuid5

from vigilanza.domain.decision import Decision
from vigilanza.domain.events import Event


@dataclass(frozen=True, slots=True)
class Happened:
    """Something the eyes saw. Done: it is on disk or in the journal."""

    event: Event

    @property
    def id(self) -> UUID:
        """Its own."""
        return self.event.id


@dataclass(frozen=True, slots=True)
class Decided:
    """An operator decides. Done: it is committed."""

    decision: Decision

    @property
    def id(self) -> UUID:
        """Its own."""
        return self.decision.id


@dataclass(frozen=True, slots=True)
class Pictured:
    """A still of an incident. Done: it is kept."""

    incident: UUID
    at: float
    content: bytes

    @property
    def id(self) -> UUID:
        """Reproducible from incident and time."""
        return uuid5(self.incident, f"still/{self.at}")


Ask: TypeAlias = Happened | Decided | Pictured
