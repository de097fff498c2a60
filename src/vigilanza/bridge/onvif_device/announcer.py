"""Lets those who search the network find the site: WS-Discovery, the device's side."""

import heapq
import select
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.onvif_device.allowance import Allowance
from vigilanza.bridge.onvif_device.discovery_line import Datagram, DiscoveryLine, Network
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.reply import Replies
from vigilanza.bridge.onvif_device.service import ADDRESSES
from vigilanza.bridge.onvif_device.soap import Fault
from vigilanza.clock import Clock
from vigilanza.wsdiscovery import GROUP, PORT

log = structlog.get_logger(__name__)

DELAY_MAX_S = 0.5
"""APP_MAX_DELAY: so long at most anybody waits, by chance, before answering all: else all would answer at once."""
LOOK_S = 30.0
"""Networks may come and go."""
AGAIN_S = 30.0
PENDING_MAX = 64
_TURN_S = 0.2


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """To be sent at `at` (monotonic seconds)."""

    at: float
    number: int
    send: Callable[[DiscoveryLine], None] = field(compare=False)


class Announcer:
    """Works while `run` runs, once it was told by `is_up` where the device listens. Its faults are its own: it says
    what is wrong and tries again, and the device goes on.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        host: str,
        encrypted: bool,
        clock: Clock,
        registry: CollectorRegistry,
        delay: Callable[[], float],
        port: int = PORT,
    ) -> None:
        """`host` is where the device listens, `delay` gives seconds up to DELAY_MAX_S, `port` is UDP's."""
        self._host, self._scheme, self._clock = host, "https" if encrypted else "http", clock
        self._delay, self._port = delay, port
        self._replies = Replies(identity, started=int(clock.now()))
        self._allowance = Allowance(clock)
        self._service_port: int | None = None
        self._due: list[_Due] = []
        self._number = 0
        self._joined: frozenset[Network] = frozenset()
        self._deaf: frozenset[Network] = frozenset()
        """Those on which there is no multicast."""
        self._answers = Counter("vigilanza_onvif_discovery_answers", "Answers to those who search", registry=registry)
        self._ignored = Counter(
            "vigilanza_onvif_discovery_ignored", "Datagrams of others that were passed over", ["why"], registry=registry
        )

    def is_up(self, port: int) -> None:
        """The device listens at this TCP port."""
        self._service_port = port

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; then Bye."""
        while self._service_port is None and not self._clock.wait(_TURN_S, stop):
            pass
        while not stop.is_set():
            try:
                with closing(DiscoveryLine(self._host, self._port)) as line:
                    log.info("ONVIF device can be found", host=self._host, port=self._port)
                    self._serve(line, stop)
            except OSError as error:
                why = error.strerror or str(error)
                log.warning("ONVIF device cannot be found by WS-Discovery", port=f"{self._port}/udp", why=why)
                self._clock.wait(AGAIN_S, stop)

    def _serve(self, line: DiscoveryLine, stop: threading.Event) -> None:
        self._joined, self._deaf, self._due = frozenset(), frozenset(), []
        look_at = self._clock.monotonic()
        while not stop.is_set():
            now = self._clock.monotonic()
            if now >= look_at:
                self._look(line)
                look_at = now + LOOK_S
            while self._due and self._due[0].at <= now:
                heapq.heappop(self._due).send(line)
            wait = min(_TURN_S, max(0.0, self._due[0].at - now)) if self._due else _TURN_S
            if select.select([line], [], [], wait)[0]:
                for datagram in line.received():
                    self._hear(datagram)
        for network in self._joined:
            self._tell(line, self._replies.bye(), network)

    def _look(self, line: DiscoveryLine) -> None:
        """Join the networks that are new, and greet them; forget those that are gone."""
        here = line.networks()
        for network in self._joined - here:
            with suppress(OSError):  # the kernel has left it already
                line.leave(network)
            log.info("a network on which the ONVIF device could be found is gone", address=network.address)
        new, deaf = here - self._joined, set()
        for network in new:
            try:
                line.join(network)
            except OSError as error:
                deaf.add(network)
                self._note_deaf(network, error)
                continue
            self._put(partial(self._greet, network))
        self._joined, self._deaf = here - deaf, frozenset(deaf)

    def _hear(self, datagram: Datagram) -> None:
        if not self._allowance.grants(datagram.asker[0]):
            self._ignored.labels("flood").inc()
            return
        if not datagram.raw:
            self._ignored.labels("size").inc()
            return
        try:
            answer = self._replies.to(datagram.raw, self._xaddr(datagram.local))
        except Fault:
            self._ignored.labels("garbage").inc()
            return
        if answer is None:
            return
        if len(self._due) >= PENDING_MAX:
            self._ignored.labels("flood").inc()
            return
        self._put(lambda line: self._answer(line, answer, datagram), at_once=not datagram.is_for_all)

    def _put(self, send: Callable[[DiscoveryLine], None], *, at_once: bool = False) -> None:
        self._number += 1
        delay = 0.0 if at_once else self._delay()
        heapq.heappush(self._due, _Due(self._clock.monotonic() + delay, self._number, send))

    def _answer(self, line: DiscoveryLine, answer: bytes, datagram: Datagram) -> None:
        try:
            line.send(answer, datagram.asker, datagram.local)
        except OSError:  # no way to what the datagram says it came from
            self._ignored.labels("unreachable").inc()
            return
        self._answers.inc()

    def _greet(self, network: Network, line: DiscoveryLine) -> None:
        self._tell(line, self._replies.hello(self._xaddr(network.address)), network)

    def _tell(self, line: DiscoveryLine, message: bytes, network: Network) -> None:
        try:
            line.tell(message, self._port, network.address)
        except OSError as error:
            self._note_deaf(network, error)

    def _note_deaf(self, network: Network, error: OSError) -> None:
        if network not in self._deaf:
            why = error.strerror
            log.warning("ONVIF device cannot be found on this network", address=network.address, group=GROUP, why=why)

    def _xaddr(self, address: str) -> str:
        return ADDRESSES["tds"].at(f"{self._scheme}://{address}:{self._service_port}")
