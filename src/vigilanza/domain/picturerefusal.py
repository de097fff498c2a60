"""Why a centre has no pictures of one of its sites, though that answers."""

from enum import StrEnum
from typing import Any

from vigilanza.domain.errors import VigilanzaError


class PictureRefusal(StrEnum):
    """A closed list, for which the page has words; `OTHER` is what a site of another version says."""

    UNKNOWN_INCIDENT = "unknown_incident"
    GONE = "gone"
    FILE_GONE = "file_gone"
    FILE_UNREADABLE = "file_unreadable"
    TOO_LARGE = "too_large"
    NOT_BELIEVED = "not_believed"
    CENTRE_CANNOT_WRITE = "centre_cannot_write"
    OTHER = "other"

    @classmethod
    def read(cls, value: Any) -> "PictureRefusal":
        """Inverse of `str`; OTHER of what is none."""
        return next((one for one in cls if one == value), cls.OTHER)


class PictureRefused(VigilanzaError):
    """A picture that the centre asks for is not given; the message says why, and who must act."""

    def __init__(self, why: str, refusal: PictureRefusal) -> None:
        super().__init__(why)
        self.refusal = refusal
