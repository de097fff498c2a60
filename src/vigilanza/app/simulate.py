"""`vigilanza simulate`: simulated cameras that play recordings, for trying things out without hardware."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError
from vigilanza.lab.simcam import CameraServer


def simulate(
    streams: Sequence[str],
    *,
    host: str,
    port: int,
    user: str | None,
    password: str | None,
    clock: Clock,
    show: Callable[[str], None],
    stop: threading.Event,
) -> int:
    """Serve `PATH=FILE` streams until `stop` is set; 0. ConfigError for another form or a taken port."""
    server = CameraServer(
        dict(_parse(stream) for stream in streams), clock=clock, user=user, password=password, host=host, port=port
    )
    try:
        server.__enter__()
    except OSError as error:
        raise ConfigError(f"simulate: cannot listen on {host}:{port}: {error.strerror}") from error
    try:
        for stream in streams:
            show(server.url(_parse(stream)[0]))
        stop.wait()
    finally:
        server.__exit__(None, None, None)
    return 0


def _parse(stream: str) -> tuple[str, Path]:
    path, equals, file = stream.partition("=")
    if not equals or not path.startswith("/") or not Path(file).is_file():
        raise ConfigError(f"simulate: {stream!r} is not /PATH=FILE with an existing file, e.g. /b3/main=clip.mp4")
    return path, Path(file)
