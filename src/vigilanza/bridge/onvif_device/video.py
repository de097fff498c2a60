"""Where a camera's live stream is to be had: the seam to whoever serves them."""

from typing import Protocol
from urllib.parse import quote


class Video(Protocol):
    """Addresses without credentials; None where there is nothing to be seen."""

    @property
    def streams(self) -> bool:
        """Whether there are live streams."""
        ...

    def stream(self, camera: str, *, host: str) -> str | None:
        """rtsp:// or rtsps:// of its live stream; `host` is how the asker reached us."""
        ...

    def size_px(self, camera: str) -> tuple[int, int]:
        """Width and height of its pictures."""
        ...


class NoVideo:
    """Events only."""

    streams = False

    def stream(self, camera: str, *, host: str) -> str | None:  # noqa: ARG002 - one signature for all
        return None

    def size_px(self, camera: str) -> tuple[int, int]:  # noqa: ARG002 - one signature for all
        return 1280, 720


class TemplateVideo(NoVideo):
    """Somebody else's server: the address is a text in which {camera} stands for the camera's id.

    What size the pictures have is not known; 1280 x 720 is told.
    """

    streams = True

    def __init__(self, template: str) -> None:
        self._template = template

    def stream(self, camera: str, *, host: str) -> str | None:  # noqa: ARG002 - one signature for all
        return self._template.replace("{camera}", quote(camera, safe=""))


class OwnVideo(NoVideo):
    """Our own video server, at the host by which the asker reached us. What size the pictures have is not known."""

    streams = True

    def __init__(self, *, port: int, encrypted: bool) -> None:
        self._port, self._scheme = port, "rtsps" if encrypted else "rtsp"

    def stream(self, camera: str, *, host: str) -> str | None:
        name = f"[{host}]" if ":" in host else host
        return f"{self._scheme}://{name}:{self._port}/{quote(camera, safe='')}"
