"""Live pictures as the page has them: the seam to whoever gives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vigilanza.domain.errors import NoPictures


@dataclass(frozen=True, slots=True)
class Piece:
    """Some pictures of a moving one, or a still. `at`: when the newest was taken, UTC in Unix seconds.

    `seconds`: when it is shown, on the time line of the viewing.
    """

    at: float
    seconds: float
    data: bytes


class Viewing(Protocol):
    """One camera's moving picture, for one who watches. Used by one thread at a time."""

    mime: str
    """As a browser is asked whether it can play it."""
    head: bytes
    """Comes before all pieces."""

    def take(self, timeout: float) -> Piece | None:
        """All that waits, or what comes within `timeout` seconds.

        NoPictures once nothing more comes, StreamChanged if what comes now does not fit the head.
        """
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Cameras(Protocol):
    """Who has the pictures; masks are burnt in. Any thread may ask."""

    def names(self) -> Sequence[str]:
        """Ids of all that there are."""
        ...

    def open(self, camera: str, *, large: bool) -> Viewing:
        """The camera's small stream; `large`: the main one, if browsers play it.

        NoPictures while there are none, NotWatched while nobody looks, NotPlayable if only `still` can be shown.
        """
        ...

    def still(self, camera: str) -> Piece:
        """What the camera sees now, as JPEG. NoPictures, NotWatched."""
        ...


class NoCameras:
    """See Cameras: there are none."""

    def names(self) -> Sequence[str]:
        """See Cameras."""
        return ()

    def open(self, camera: str, *, large: bool) -> Viewing:  # noqa: ARG002 - see Cameras
        """See Cameras."""
        raise NoPictures(f"there is no camera {camera}")

    def still(self, camera: str) -> Piece:
        """See Cameras."""
        raise NoPictures(f"there is no camera {camera}")
