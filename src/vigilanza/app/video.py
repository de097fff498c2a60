"""`vigilanza video`: live pictures for a VMS, beside watch, which has them."""

import threading

from prometheus_client import CollectorRegistry

from vigilanza.app.figures import keep_figures
from vigilanza.app.livecounts import StudioCounts
from vigilanza.app.memory import open_memory
from vigilanza.app.studio import LiveStudio, taps
from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.rtsp.credentials import Account
from vigilanza.bridge.rtsp.server import VideoServer
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.errors import ConfigError
from vigilanza.store.audit import AuditChain


def video(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Serve until `stop` is set; 0. ConfigError if the configuration has no `video`, or its certificate is unusable."""
    settings = config.video
    if settings is None:
        raise ConfigError("video: not configured, so that nobody may watch")
    config.storage.state.mkdir(parents=True, exist_ok=True)
    registry = CollectorRegistry()
    studio = LiveStudio(cameras=config.cameras, taps=taps(config), clock=clock)
    registry.register(StudioCounts(studio))
    chain = AuditChain(engine=open_memory(config, clock=clock).engine, clock=clock)
    server = VideoServer(
        studio=studio,
        accounts=[Account(one.name, one.password.reveal(), one.cameras) for one in settings.accounts],
        viewings=AuditedViewings(chain),
        guesses=Guesses(chain=chain, entrance="video", clock=clock),
        listening=Listening(settings.host, settings.port, settings.certificate, settings.key),
        clock=clock,
        registry=registry,
    )
    figures = keep_figures(registry, config.storage.state, "video", clock)
    threading.Thread(target=figures, args=(stop,), name="figures", daemon=True).start()
    server.run(stop)
    studio.close()
    return 0


class AuditedViewings:
    """See Viewings: who watched which camera, in the audit chain before the first picture."""

    def __init__(self, audit: AuditChain) -> None:
        self._audit = audit

    def begin(self, who: str, camera: str, peer: str) -> None:
        """See Viewings."""
        self._audit.append(who=viewer(who), action="video.viewed", subject=camera, detail={"peer": peer})

    def end(self, who: str, camera: str, seconds: float) -> None:
        """See Viewings."""
        detail = {"seconds": round(seconds, 1)}
        self._audit.append(who=viewer(who), action="video.ended", subject=camera, detail=detail)


def viewer(account: str) -> str:
    """An account as the audit chain names it: an operator may have the same name."""
    return f"video/{account}"
