"""A scripted receiver and the passing of time, for the tests of the relay."""

from collections.abc import Callable

from tests.fakes import FakeClock
from vigilanza.bridge.relay import Relay
from vigilanza.bridge.transcript import Transcript
from vigilanza.domain.delivery import Alert, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelUnavailable


class ScriptedChannel:
    """Raises the faults given, one per call, then accepts, unless it is `down`; notes when each call came."""

    def __init__(self, clock: FakeClock, *faults: Exception) -> None:
        self.clock, self.faults = clock, list(faults)
        self.calls: list[float] = []
        self.probes: list[float] = []
        self.accepted: list[Alert] = []
        self.down = False
        self.says = ""
        self.before_answer: Callable[[], None] = lambda: None
        self.after_accept: Callable[[], None] = lambda: None

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        self.calls.append(self.clock.now())
        transcript.sent(str(alert.id).encode())
        self.before_answer()
        transcript.heard(self.says)
        if self.faults:
            raise self.faults.pop(0)
        if self.down:
            transcript.heard("cable cut")
            raise ChannelUnavailable("cable cut")
        self.accepted.append(alert)
        self.after_accept()
        return self.receipt()

    def probe(self) -> SignOfLife:
        self.probes.append(self.clock.now())
        if self.down:
            raise ChannelUnavailable("no sign of life")
        return SignOfLife(0.02, certificate_until=1.9e9)

    def close(self) -> None:
        pass

    def receipt(self) -> Receipt:
        """What the receiver says to the latest alert."""
        return Receipt(f"receipt {len(self.accepted)}")

    @property
    def sequences(self) -> list[int]:
        """Of the alerts it took, in the order of their arrival."""
        return [alert.sequence for alert in self.accepted]


def pass_time(carriers: Relay | list[Relay], clock: FakeClock, seconds: float) -> None:
    """Let `seconds` pass, second by second, with as much work in each as there is."""
    for _ in range(round(seconds)):
        for carrier in carriers if isinstance(carriers, list) else [carriers]:
            while carrier.run_once():
                pass
        clock.advance(1.0)
