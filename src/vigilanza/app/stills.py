"""Stills of what the cameras see now, for the ONVIF device: who may watch live may have them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from vigilanza.app.newest import NewestStills
from vigilanza.app.video import viewer
from vigilanza.config import OnvifDevice, Video
from vigilanza.store.viewings import ViewingBook


class LiveStills:
    """See Stills. Asks `newest`."""

    def __init__(
        self,
        *,
        newest: NewestStills,
        allowed: Mapping[str, AbstractSet[str] | None],
        book: ViewingBook,
    ) -> None:
        """`allowed`: by account the cameras it may see, None for all; accounts that are not there see none."""
        self._newest, self._allowed, self._book = newest, allowed, book

    def may_see(self, account: str, camera: str) -> bool:
        """See Stills."""
        if account not in self._allowed:
            return False
        cameras = self._allowed[account]
        return cameras is None or camera in cameras

    def newest(self, camera: str) -> bytes:
        """See Stills."""
        return self._newest.of(camera).jpeg

    def write_down(self, account: str, camera: str, peer: str) -> None:
        """See Stills."""
        self._book.write(viewer(account), "still.viewed", camera, {"peer": peer})


def allowed_cameras(device: OnvifDevice, video: Video) -> dict[str, AbstractSet[str] | None]:
    """Of the accounts of the device those that may watch live: the same name and the same password."""
    watching = {(one.name, one.password): one.cameras for one in video.accounts}
    known = [(one.name, one.password) for one in device.accounts]
    return {name: watching[name, password] for name, password in known if (name, password) in watching}
