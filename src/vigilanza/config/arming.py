"""Before a site is watched."""

from urllib.parse import urlsplit

from vigilanza.config.fields import is_loopback
from vigilanza.config.settings import Camera, Config
from vigilanza.domain.errors import ConfigError


def require_assessment(config: Config) -> None:
    """ConfigError if a camera outside this machine would be watched though no impact assessment is recorded.

    GDPR art. 35.3.c wants it before the start. Recordings and cameras of this machine, which are simulated, need none.
    """
    if config.site.dpia_reference is None and (real := [one.id for one in config.cameras if _is_real(one)]):
        cameras = f"camera {real[0]}" + (f" and {len(real) - 1} more" if len(real) > 1 else "")
        raise ConfigError(
            f"{config.path}: site.dpia: {cameras} may not be watched before the impact assessment (GDPR art. 35) is "
            "recorded: give its reference and date; vigilanza privacy report writes down what it needs"
        )


def require_cameras(config: Config) -> None:
    """ConfigError if there is nothing to watch: the centre of other sites has other parts."""
    if not config.cameras:
        raise ConfigError(f"{config.path}: cameras: there are none to watch: at a centre start vigilanza run")


def _is_real(camera: Camera) -> bool:
    streams = [stream for stream in (camera.source, camera.substream) if isinstance(stream, str)]
    return any(not is_loopback(urlsplit(stream).hostname or "") for stream in streams)
