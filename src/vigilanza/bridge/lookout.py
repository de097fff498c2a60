"""The lookout: silence is never good news. Probes an idle line, calls out what is overdue, keeps the gauges right."""

import structlog

from vigilanza.bridge.channel import Channel, ManyPaths
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.path_watch import PathWatch
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Destination, SignOfLife
from vigilanza.domain.errors import ChannelError
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

log = structlog.get_logger(__name__)

PROBE_SECONDS = 60.0
"""A line that said nothing for so long is asked for a sign of life."""
NOTE_SECONDS = 30.0
WHYS_MAX = 8
"""A line that works is noted so often; a change at once."""
LOOK_SECONDS = 1.0
ESCALATE_AFTER_SECONDS = 30.0


class Lookout:
    """Looks after one destination, in its relay's thread. Every method may raise JournalUnavailable."""

    def __init__(
        self,
        *,
        destination: Destination,
        channel: Channel,
        outbox: Outbox,
        lines: Lines,
        replies: Replies,
        clock: Clock,
        metrics: BridgeMetrics,
    ) -> None:
        self._destination, self._channel, self._clock = destination, channel, clock
        self._outbox, self._lines, self._replies, self._metrics = outbox, lines, replies, metrics
        self._tried_at = self._noted_at = self._looked_at = float("-inf")
        self._up: bool | None = None
        self._whys: set[str] = set()
        paths = channel.paths if isinstance(channel, ManyPaths) else ()
        self._watch = (
            PathWatch(
                destination=destination.id, paths=paths, every=PROBE_SECONDS, lines=lines, clock=clock, metrics=metrics
            )
            if paths
            else None
        )

    def heard(self, sign: SignOfLife) -> None:
        """The other party answered."""
        now = self._tried_at = self._clock.monotonic()
        if self._up is True and now - self._noted_at < NOTE_SECONDS:
            return
        was_lost = self._up is not True
        self._lines.found(self._destination.id, sign, self._clock.now())
        self._up, self._noted_at = True, now
        self._metrics.line_up.labels(self._destination.id).set(1)
        if was_lost:
            self._whys.clear()
            log.info("line works", destination=self._destination.id)

    def missed(self, why: str) -> None:
        """It did not answer. Each reason is told once while that lasts: the first may not be what keeps it down."""
        self._tried_at = self._clock.monotonic()
        self._metrics.line_up.labels(self._destination.id).set(0)
        if why in self._whys or len(self._whys) == WHYS_MAX:
            return
        self._lines.lost(self._destination.id, why, self._clock.now())
        said = "line is still down, and for another reason" if self._up is False else "line is down"
        self._up = False
        self._whys.add(why)
        log.error(f"{said}: look at the network and at the receiver", destination=self._destination.id, why=why)

    def close(self) -> None:
        """Nobody is asked afterwards."""
        if self._watch is not None:
            self._watch.close()

    def probe_if_due(self, *, busy: bool) -> None:
        """Where there are several ways, ask each in its turn; else ask the line, unless it is `busy`."""
        if self._watch is None:
            if not busy:
                self._probe_if_idle()
            return
        try:
            sign = self._watch.look()
        except ChannelError as error:
            self.missed(str(error))
        else:
            if sign is not None:
                self.heard(sign)

    def _probe_if_idle(self) -> None:
        """Ask a line that was silent for long for a sign of life; a missed probe is recorded like a failed alert."""
        if self._clock.monotonic() - self._tried_at < PROBE_SECONDS:
            return
        try:
            sign = self._channel.probe()
        except ChannelError as error:
            self._metrics.probes_missed.labels(self._destination.id).inc()
            self.missed(str(error))
        else:
            self.heard(sign)

    def look_after(self, *, only_urgent: bool) -> None:
        """Call out debts that are overdue, at most once a second; `only_urgent`: the others wait on purpose."""
        if self._clock.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = self._clock.monotonic()
        now, name = self._clock.now(), self._destination.id
        overdue = self._outbox.escalate(self._destination, now, after=ESCALATE_AFTER_SECONDS, only_urgent=only_urgent)
        for alert_id in overdue:
            self._metrics.escalated.labels(name).inc()
            log.error("alert overdue", destination=name, alert=str(alert_id))
        self._call_out_unanswered(now)
        standing = self._outbox.standing(name)
        age = 0.0 if standing.oldest_queued_at is None else max(0.0, now - standing.oldest_queued_at)
        self._metrics.owed.labels(name).set(standing.owed)
        self._metrics.waiting_for_person.labels(name).set(standing.refused)
        self._metrics.oldest_seconds.labels(name).set(age)

    def _call_out_unanswered(self, now: float) -> None:
        """Alerts that have arrived, and to which no person there said so in time."""
        within = self._destination.reply_within
        if within is None:
            return
        for alert_id in self._replies.overdue(self._destination.id, now, within):
            self._metrics.unanswered.labels(self._destination.id).inc()
            log.error("alert unanswered", destination=self._destination.id, alert=str(alert_id))
