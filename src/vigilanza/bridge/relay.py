"""The relay: insists until every alert has its receipt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

import structlog
from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.channel import Channel, HeldLine
from vigilanza.bridge.lookout import Lookout
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.pace import Pace, wait_after
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Delivery, DeliveryState, Destination, Exchange, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, JournalUnavailable
from vigilanza.store.ledger import LONGEST_WAIT_SECONDS
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

log = structlog.get_logger(__name__)

BARE_RECEIPT = Receipt("acknowledged; the receiver's words could not be stored")

OnState = Callable[[Delivery, DeliveryState], None]


@dataclass(frozen=True, slots=True)
class _Paid:
    """A receipt that is not stored yet."""

    delivery: Delivery
    receipt: Receipt
    exchange: Exchange | None


class Relay:
    """Carries due alerts to one destination, one at a time. Several relays may serve one destination."""

    def __init__(
        self,
        *,
        destination: Destination,
        channel: Channel,
        outbox: Outbox,
        lines: Lines,
        replies: Replies,
        clock: Clock,
        zone: tzinfo = UTC,
        idle: float = 0.25,
        on_state: OnState | None = None,
        metrics: BridgeMetrics | None = None,
    ) -> None:
        """`on_state` is told of every delivery's new state, after it is stored; `zone` is that of the quiet hours."""
        self._destination, self._channel, self._outbox, self._clock = destination, channel, outbox, clock
        self._idle, self._on_state, self._zone = idle, on_state, zone
        self._metrics = metrics or BridgeMetrics(CollectorRegistry())
        self._pace = Pace(per_minute=destination.per_minute)
        self._lookout = Lookout(
            destination=destination,
            channel=channel,
            outbox=outbox,
            lines=lines,
            replies=replies,
            clock=clock,
            metrics=self._metrics,
        )
        self._unstored: _Paid | None = None
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Carry until `stop` is set; the attempt under way is finished first."""
        while not stop.is_set():
            try:
                busy = self.run_once()
                self._away = False
            except JournalUnavailable as error:
                if not self._away:
                    log.error("relay cannot reach the outbox", destination=self._destination.id, why=str(error))
                self._away, busy = True, False
            except Exception:
                log.exception("relay failed", destination=self._destination.id)
                busy = False
            if not busy:
                self._clock.wait(self._idle, stop)
        self._lookout.close()
        self._channel.close()

    def run_once(self) -> bool:
        """Attempt one delivery, or store a receipt that could not be stored before. True if there was one."""
        if self._unstored is not None:
            # The receiver has it: forgetting that would send it again.
            self._acknowledge(self._unstored)
            return True
        now, name = self._clock.monotonic(), self._destination.id
        if isinstance(self._channel, HeldLine) and self._channel.came_back():
            self._pace.answered(now)
            self._outbox.hasten(name, self._clock.now())
        only_urgent = self._is_quiet() or self._pace.spent(now)
        if self._pace.spent(now):
            self._metrics.merged.labels(name).inc(self._outbox.merge(name, self._clock.now()))
        delivery = self._outbox.claim(
            name, self._clock.now(), only_urgent=only_urgent, only_fresh=self._pace.paused(now)
        )
        if delivery is not None:
            self._attempt(delivery)
        self._lookout.probe_if_due(busy=delivery is not None)
        self._lookout.look_after(only_urgent=only_urgent)
        return delivery is not None

    def _is_quiet(self) -> bool:
        quiet = self._destination.quiet
        return quiet is not None and quiet.cover(self._clock.now(), self._zone)

    def _attempt(self, delivery: Delivery) -> None:
        self._count(self._metrics.attempts)
        transcript, began = Transcript(), self._clock.monotonic()
        try:
            receipt = self._channel.send(delivery.alert, transcript)
        except (ChannelUnavailable, ChannelRefused) as error:
            self._fail(delivery, error, transcript.exchange(self._clock.monotonic() - began))
        else:
            exchange = transcript.exchange(self._clock.monotonic() - began)
            self._unstored = _Paid(delivery, receipt, exchange)
            self._acknowledge(self._unstored)
            self._lookout.heard(SignOfLife(exchange.seconds))

    def _fail(self, delivery: Delivery, error: ChannelUnavailable | ChannelRefused, exchange: Exchange) -> None:
        now, why = self._clock.now(), str(error)
        if isinstance(error, ChannelRefused):
            self._pace.answered(self._clock.monotonic())
            if exchange.heard:  # else it was refused before anything was said
                self._lookout.heard(SignOfLife(exchange.seconds))
            self._count(self._metrics.refused)
            if self._outbox.refuse(delivery, why, now=now, exchange=exchange):
                log.error("alert refused, a person must act", alert=str(delivery.alert.id), why=why)
                self._tell(delivery, DeliveryState.REFUSED)
            return
        asked = min(error.retry_after or 0.0, LONGEST_WAIT_SECONDS)
        self._pace.failed(self._clock.monotonic(), asked=asked)
        self._count(self._metrics.unavailable)
        until = now + max(wait_after(delivery.attempt), asked)
        if self._outbox.postpone(delivery, why, until, now=now, exchange=exchange):
            self._tell(delivery, DeliveryState.PENDING)
        self._lookout.missed(why)

    def _acknowledge(self, paid: "_Paid") -> None:
        self._pace.answered(self._clock.monotonic())
        counted = self._store(paid)
        self._unstored = None
        if counted:
            self._count(self._metrics.acknowledged)
            self._tell(paid.delivery, DeliveryState.ACKNOWLEDGED)

    def _store(self, paid: "_Paid") -> bool:
        try:
            return self._outbox.acknowledge(paid.delivery, paid.receipt, self._clock.now(), exchange=paid.exchange)
        except JournalUnavailable:
            raise
        except Exception:
            # Something in the receiver's words. The alert has arrived all the same, and others wait behind it.
            log.exception("receipt cannot be stored as given", alert=str(paid.delivery.alert.id))
        # If even this fails, the alert is not kept here: its lease runs out and it is sent again, after the others.
        self._unstored = _Paid(paid.delivery, BARE_RECEIPT, None)
        try:
            return self._outbox.acknowledge(paid.delivery, BARE_RECEIPT, self._clock.now())
        except JournalUnavailable:
            raise
        except Exception:
            self._unstored = None
            raise

    def _count(self, counter: Counter) -> None:
        counter.labels(self._destination.id).inc()

    def _tell(self, delivery: Delivery, state: DeliveryState) -> None:
        if self._on_state is not None:
            self._on_state(delivery, state)
