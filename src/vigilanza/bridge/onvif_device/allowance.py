"""How much is listened to: so many datagrams in any second, in all and of one address."""

from collections import Counter as Tally

from vigilanza.clock import Clock

IN_ALL_MAX = 100
PER_ADDRESS_MAX = 20
"""A client that searches asks three to nine times."""


class Allowance:
    """Remembers one second, thus at most IN_ALL_MAX addresses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second, self._heard = 0, Tally[str]()

    def grants(self, address: str) -> bool:
        """Whether one more datagram of `address` is listened to."""
        second = int(self._clock.monotonic())
        if second != self._second:
            self._second, self._heard = second, Tally()
        if self._heard.total() >= IN_ALL_MAX or self._heard[address] >= PER_ADDRESS_MAX:
            return False
        self._heard[address] += 1
        return True
