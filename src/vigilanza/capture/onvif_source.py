"""A network camera whose streams are asked for by ONVIF."""

import threading
from collections.abc import Iterator
from typing import Literal

import structlog

from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.capture.packet import Packet
from vigilanza.capture.redact import redact
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.trust import Trust
from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError, SourceRefused, SourceUnavailable

_log = structlog.get_logger(__name__)
ASKING_S = 6.0
"""What asking may take of a connection's opening; the stream's own open timeout comes on top."""


class OnvifSource:
    """One stream of a camera. Where it is, is asked anew for each connection, so that another path or port heals.

    While the camera answers no question but did so before, its last known address is tried: the stream may be well.
    """

    def __init__(
        self,
        *,
        target: OnvifTarget,
        user: str | None,
        password: str | None,
        clock: Clock,
        transport: Literal["tcp", "udp"] = "tcp",
        trust: Trust | None = None,
        asking: float = ASKING_S,
        open_timeout: float = 3.0,
        read_timeout: float = 1.5,
    ) -> None:
        self._client = OnvifClient(target=target, user=user, password=password, trust=trust, patience=asking)
        self._profile, self._user, self._password = target.profile, user, password
        self._clock, self._transport, self._trust = clock, transport, trust
        self._timeouts = (open_timeout, read_timeout)
        self._known: str | None = None

    def __repr__(self) -> str:
        return f"OnvifSource('{self._client.where}/{self._profile}')"

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets."""
        if stop.is_set():
            return
        source = self._open(self._ask())
        if not stop.is_set():
            yield from source.packets(stop)

    def _open(self, url: str) -> RtspSource:
        try:
            return RtspSource(
                url=url,
                user=self._user,
                password=self._password,
                clock=self._clock,
                transport=self._transport,
                trust=self._trust,
                open_timeout=self._timeouts[0],
                read_timeout=self._timeouts[1],
            )
        except ConfigError as error:  # what the camera named does not fit what we were told of it
            raise SourceRefused(str(error)) from error

    def _ask(self) -> str:
        try:
            url = self._client.stream_uri(self._profile)
        except SourceUnavailable as error:
            if self._known is None:
                raise
            _log.warning("the camera does not say where its stream is, trying where it was", why=str(error))
            return self._known
        if url != self._known:
            _log.info(
                "a camera says where its stream is", asked=f"{self._client.where}/{self._profile}", stream=redact(url)
            )
        self._known = url
        return url
