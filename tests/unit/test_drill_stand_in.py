"""A receiver of the drill to which somebody speaks at once; a real process."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.commands import wait_until
from vigilanza.lab.drill.stand_in_party import Note, StandInParty

PORT, ARRIVAL = 4711, ("incident", 1)


@dataclass(frozen=True)
class Server:
    port: int

    def script(self, act: Any) -> None:
        """It does nothing wrong."""


@contextmanager
def spoken_to_at_once(port: int, note: Note) -> Iterator[Server]:
    taking = threading.Thread(target=note, args=("id", ARRIVAL), daemon=True)
    taking.start()
    taking.join(0.3)  # as long as it takes to be told, unless that has to wait
    yield Server(port or PORT)


class Party(StandInParty):
    def settings(self) -> Mapping[str, Any]:
        return {}


def test_what_comes_before_the_port_is_told_is_no_port_and_is_not_lost() -> None:
    party = Party("party", opening=spoken_to_at_once, faults=[])
    party.up()
    try:
        assert party.port == PORT
        assert wait_until("what came first", lambda: party.arrived) == [ARRIVAL]
    finally:
        party.down()
