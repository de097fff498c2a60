"""Who has stills of the cameras: the seam to whoever makes them."""

from typing import Protocol


class Stills(Protocol):
    """Of what the cameras see now, with their masks burnt in."""

    def may_see(self, account: str, camera: str) -> bool:
        """Whether an account may look at a camera."""
        ...

    def newest(self, camera: str) -> bytes:
        """JPEG; NoPictures if there is none now. One thread asks at a time."""
        ...

    def write_down(self, account: str, camera: str, peer: str) -> None:
        """Who looks, before it is shown; JournalUnavailable: then nothing is shown."""
        ...
