"""An alarm receiving centre that speaks SIA DC-09."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from vigilanza.clock import SystemClock
from vigilanza.lab.alarm_centre import AlarmCentre
from vigilanza.lab.alarm_centre_acts import Act, Cut, Double, Late, Say, SayAck, SayDuh, SayNak, Silence
from vigilanza.lab.alarm_centre_frame import ReceivedSignal
from vigilanza.lab.drill.party import Arrival
from vigilanza.lab.drill.stand_in_party import Note, StandInParty

_ACCOUNT, _KEY, _KEY_ENV = "04230312", "00112233445566778899aabbccddeeff", "DRILL_DC09_KEY"
_FAULTS: tuple[Act, ...] = (
    SayNak(),
    SayNak(ahead_seconds=86_400.0),
    SayDuh(),
    Say(b"\n\x00\xff what is this\r"),
    SayAck(number_more=1),
    SayAck(crc_more=1),
    SayAck(clear=True),
    Silence(),
    Cut(),
    Late(6.0),
)
_DATAGRAM_FAULTS: tuple[Act, ...] = (*_FAULTS, Silence(), Cut(), *[Double()] * 3)
"""A datagram is lost on its way there or back, or comes twice, more often than all else goes wrong."""
_DATA = re.compile(r"#[0-9A-F]+\|Nri[0-9]+/(?P<code>[A-Z]{2})[0-9]+\^(?P<about>[^^]*)\^")
_TIME = "%H:%M:%S,%m-%d-%Y"
_FIRST_OF_TWO = "BA"
"""A centre hears of a break-in when it is confirmed, and then each time by two codes, this and BV."""


class Dc09Party(StandInParty):
    """The stand-in centre, encrypted."""

    def __init__(self, name: str, *, transport: Literal["tcp", "udp"] = "tcp") -> None:
        faults = _DATAGRAM_FAULTS if transport == "udp" else _FAULTS
        super().__init__(name, opening=partial(_open, transport), faults=faults)
        self._transport = transport

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": "control_room",
            "channel": "dc09",
            "receivers": [f"localhost:{self.port}"],
            "account": _ACCOUNT,
            "transport": self._transport,
            "key_env": _KEY_ENV,
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        return {_KEY_ENV: _KEY}

    @property
    def arrived(self) -> list[Arrival]:
        """An alert arrives with its last frame; one whose first frame came under two numbers is there twice."""
        alerts: list[Arrival] = []
        begun: set[Arrival] = set()
        for about, place in super().arrived:
            alert = (about, place // 2)
            if place % 2 or alert in begun:
                alerts.append(alert)
            begun.add(alert)
        return alerts


def _open(transport: Literal["tcp", "udp"], port: int, note: Note) -> AlarmCentre:
    def take(signal: ReceivedSignal) -> None:
        if signal.token != "NULL":
            # As a centre knows a signal again.
            note(f"{signal.number} {signal.data}", _frame(signal))

    accounts = {_ACCOUNT: bytes.fromhex(_KEY)}
    return AlarmCentre(clock=SystemClock(), accounts=accounts, transport=transport, port=port, on_signal=take)


def _frame(signal: ReceivedSignal) -> Arrival:
    """What it is about, and twice the second at which it happened, one more if it is the last frame of its alert."""
    found = _DATA.fullmatch(signal.data)
    assert found is not None, signal.data
    at = datetime.strptime(dict(signal.extended)["H"], _TIME).replace(tzinfo=UTC).timestamp()
    return found["about"], 2 * round(at) + (found["code"] != _FIRST_OF_TWO)
