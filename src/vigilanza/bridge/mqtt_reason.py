"""What a broker's reason codes mean for an alert (MQTT 5.0, 2.4)."""

from typing import TypeAlias

from vigilanza.bridge.transcript import printable
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

NO_MATCHING_SUBSCRIBERS = 0x10
FAILURE = 0x80
"""From this one on a reason code says no."""

REFUSALS = frozenset(
    {
        0x84,  # unsupported protocol version: the broker knows no MQTT 5
        0x85,  # client identifier not valid
        0x86,  # bad user name or password
        0x87,  # not authorised
        0x8A,  # banned
        0x8C,  # bad authentication method
        0x90,  # topic name invalid
        0x95,  # packet too large
        0x99,  # payload format invalid
        0x9A,  # retain not supported
        0x9B,  # QoS not supported
        0x9C,  # use another server
        0x9D,  # server moved
    }
)
"""A person must act. Every other failure (busy, quota exceeded, shutting down, unspecified …) may pass by itself."""

Failure: TypeAlias = ChannelRefused | ChannelUnavailable


def failure_of(said: str, code: int, words: str) -> Failure:
    """The error for a reason code from FAILURE on; `said` begins its message, `words` are the broker's."""
    message = f"{said} 0x{code:02X} {printable(words)}".rstrip()
    return ChannelRefused(message) if code in REFUSALS else ChannelUnavailable(message)
