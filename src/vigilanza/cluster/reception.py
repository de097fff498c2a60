"""Who judges what comes to the centre in the name of a site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.dispatch import Dispatch, Pulse, read_dispatch, read_pulse
from vigilanza.domain.errors import DispatchRefused
from vigilanza.domain.message import Message, dispatches, pulses, site_of
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.quarantine import UNKNOWN, Quarantine
from vigilanza.store.seal import is_sealed

log = structlog.get_logger(__name__)

WHY_MAX = 200


@dataclass(frozen=True, slots=True)
class Again:
    """What became of the messages in quarantine: how many were taken after all, and how many are still there."""

    taken: int
    left: int


class Reception:
    """Whatever is genuine is recorded, all else kept apart. Every method may raise JournalUnavailable."""

    def __init__(
        self, *, keys: Mapping[str, Sequence[PublicKey]], arrivals: Arrivals, quarantine: Quarantine, clock: Clock
    ) -> None:
        """`keys`: those of each site, by its id."""
        self._keys, self._arrivals, self._quarantine, self._clock = keys, arrivals, quarantine, clock

    def take_dispatches(self, messages: Sequence[Message]) -> None:
        """Events and decisions, in their order."""
        refusals = [(self._named(message), message, why) for message, why in self._record(messages)]
        if refusals:
            kept = self._quarantine.keep(refusals, self._clock.now())
            site, _, why = refusals[0]
            log.error("not taken", count=len(refusals), kept=kept, site=site or "unknown", why=why)

    def take_pulses(self, messages: Sequence[Message]) -> None:
        """Signs of life."""
        heard = [pulse for message in messages if (pulse := self._pulse(message)) is not None]
        if heard:
            self._arrivals.hear(heard)

    def _pulse(self, message: Message) -> Pulse | None:
        """None if it was refused."""
        try:
            site = self._genuine(message, pulses(site_of(message.subject)))
            try:
                pulse = read_pulse(message.body)
            except ValueError as error:
                raise DispatchRefused(f"site {site} sent {str(error)[:WHY_MAX]}") from error
            if pulse.site != site:
                raise DispatchRefused(f"site {site} sent a sign of life of site {pulse.site}")
        except DispatchRefused as error:
            # Nothing is lost with it: it is worth nothing a minute later.
            self._quarantine.count(self._named(message), self._clock.now())
            log.error("sign of life not taken", why=str(error))
            return None
        return pulse

    def again(self) -> Again:
        """Judge once more all that is kept apart: after a key was put right, or a site was added."""
        taken = left = last = 0
        while kept := self._quarantine.kept(after=last):
            last = kept[-1].position
            refused = {id(message) for message, _ in self._record([one.message for one in kept])}
            for one in kept:
                if id(one.message) in refused:
                    left += 1
                else:
                    self._quarantine.release(one.position)
                    taken += 1
        return Again(taken, left)

    def _record(self, messages: Sequence[Message]) -> list[tuple[Message, str]]:
        """Those that were not, and why."""
        refused: list[tuple[Message, str]] = []
        read: list[tuple[Message, Dispatch]] = []
        for message in messages:
            try:
                read.append((message, self._read(message)))
            except DispatchRefused as error:
                refused.append((message, str(error)))
        why = self._arrivals.take([dispatch for _, dispatch in read]) if read else {}
        return refused + [(read[place][0], said) for place, said in why.items()]

    def _read(self, message: Message) -> Dispatch:
        site = self._genuine(message, dispatches(site_of(message.subject)))
        try:
            dispatch = read_dispatch(message.body)
        except ValueError as error:
            raise DispatchRefused(f"site {site} sent what cannot be read: {str(error)[:WHY_MAX]}") from error
        if dispatch.site != site:
            raise DispatchRefused(f"site {site} sent what it says is of site {dispatch.site}")
        return dispatch

    def _genuine(self, message: Message, subject: str) -> str:
        """The site whose key signed it."""
        site = site_of(message.subject)
        if site not in self._keys or message.subject != subject:
            raise DispatchRefused(
                f"site {site[:64]} is not known here: add it to centre.sites, or close its way to NATS"
            )
        if not is_sealed(self._keys[site], subject, message):
            raise DispatchRefused(
                f"it is not signed by site {site}: compare its key_file with public_key_files here; if they belong "
                "together, somebody else sends in its name"
            )
        return site

    def _named(self, message: Message) -> str:
        site = site_of(message.subject)
        return site if site in self._keys else UNKNOWN
