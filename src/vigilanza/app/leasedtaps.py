"""Where the live pictures of each camera are, on a box that shares its site's cameras with others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from vigilanza.app.leasenote import lease_notes
from vigilanza.app.share import Share
from vigilanza.config import Config


class LeasedTaps(Mapping[str, Path]):
    """By camera, looked up at each question, for it changes. Of one that another box watches: a tap that knows none."""

    def __init__(self, config: Config, shares: Sequence[Share], tap_of: Callable[[Config, Share], Path]) -> None:
        self._cameras = [camera.id for camera in config.cameras]
        taps = [tap_of(config, share) for share in shares]
        self._known = list(zip(lease_notes(config), taps, strict=True))

    def __getitem__(self, camera: str) -> Path:
        if camera not in self._cameras:
            raise KeyError(camera)
        first = self._known[0][1]
        return first if len(self._known) == 1 else next((tap for note, tap in self._known if note.holds(camera)), first)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cameras)

    def __len__(self) -> int:
        return len(self._cameras)
