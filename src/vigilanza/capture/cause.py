"""Why a connection to a camera ended, or was none, in one word: so that it can be counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from vigilanza.domain.errors import (
    ClockSetBack,
    CutOff,
    NameUnresolved,
    NotUnderstood,
    PasswordRefused,
    Silent,
    SourceRefused,
    SourceUnavailable,
    Unreachable,
    Untrusted,
)


class Cause(StrEnum):
    """Of a connection that had to be made anew."""

    NAME = "name"
    """The camera's name has no address."""
    UNREACHABLE = "unreachable"
    CLOSED = "closed"
    """By the camera, or on the way."""
    SILENT = "silent"
    NONSENSE = "nonsense"
    """No sensible answer in time, or nothing of which a picture can be made."""
    PASSWORD = "password"
    UNTRUSTED = "untrusted"
    REFUSED = "refused"
    """Anything else that a person must set right."""
    CLOCK = "clock"
    """Ours was set back."""
    STALLED = "stalled"
    """It was we who stood still."""
    OTHER = "other"
    INTERNAL = "internal"
    """A mistake of ours."""


_CAUSES: Mapping[type[Exception], Cause] = MappingProxyType(
    {
        NameUnresolved: Cause.NAME,
        Unreachable: Cause.UNREACHABLE,
        CutOff: Cause.CLOSED,
        Silent: Cause.SILENT,
        NotUnderstood: Cause.NONSENSE,
        ClockSetBack: Cause.CLOCK,
        SourceUnavailable: Cause.OTHER,
        PasswordRefused: Cause.PASSWORD,
        Untrusted: Cause.UNTRUSTED,
        SourceRefused: Cause.REFUSED,
    }
)
"""The first that fits."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Of a connection, or of an attempt to make one; `why` is for people."""

    cause: Cause
    why: str
    needs_a_person: bool

    @staticmethod
    def of(error: Exception) -> "Ending":
        """An error that is no camera's is a mistake of ours."""
        cause = next((cause for kind, cause in _CAUSES.items() if isinstance(error, kind)), Cause.INTERNAL)
        why = f"internal error: {type(error).__name__}" if cause is Cause.INTERNAL else str(error)
        return Ending(cause, why, needs_a_person=not isinstance(error, SourceUnavailable))
