"""`vigilanza simulate`: simulated cameras that play recordings, for trying things out without hardware."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from vigilanza.clock import Clock
from vigilanza.config.rehearsal import load_rehearsal
from vigilanza.domain.errors import ConfigError
from vigilanza.lab.simcam import CameraServer
from vigilanza.lab.stage import Stage

Opened = TypeVar("Opened")


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
    with _Listening(server, f"{host}:{port}"):
        for stream in streams:
            show(server.url(_parse(stream)[0]))
        stop.wait()
    return 0


def rehearse(
    path: Path,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    show: Callable[[str], None],
    stop: threading.Event,
) -> int:
    """Play the rehearsal at `path` until `stop` is set; 0. ConfigError if it is wrong or a port is taken."""
    rehearsal = load_rehearsal(path, environ=environ)
    ports = f"{rehearsal.host}:{rehearsal.cameras[0].port} to {rehearsal.cameras[-1].port}"
    with _Listening(Stage(rehearsal, clock=clock), ports) as stage:
        for camera in rehearsal.cameras:
            for stream in camera.streams:
                show(f"           {camera.id}  {stage.servers[camera.id].url(stream)}")
            if camera.id in stage.onvif:
                show(f"           {camera.id}  onvif://{stage.onvif[camera.id].address}")
        if stage.discovery is not None:
            show(f"           found by: vigilanza discover --port {stage.discovery.port}")
        stage.play(stop, show)
        stop.wait()
    return 0


class _Listening(AbstractContextManager[Opened]):
    """Something that listens, or a ConfigError that says where it cannot."""

    def __init__(self, opening: AbstractContextManager[Opened], where: str) -> None:
        self._opening, self._where = opening, where

    def __enter__(self) -> Opened:
        try:
            return self._opening.__enter__()
        except OSError as error:
            raise ConfigError(f"simulate: cannot listen on {self._where}: {error.strerror}") from error

    def __exit__(self, *error: object) -> None:
        self._opening.__exit__(None, None, None)


def _parse(stream: str) -> tuple[str, Path]:
    path, equals, file = stream.partition("=")
    if not equals or not path.startswith("/") or not Path(file).is_file():
        raise ConfigError(f"simulate: {stream!r} is not /PATH=FILE with an existing file, e.g. /b3/main=clip.mp4")
    return path, Path(file)
