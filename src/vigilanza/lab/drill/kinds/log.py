"""Much is said, and nobody takes it."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.kind import Kind

_WRONG = 6


def flood(box: Box) -> None:
    """The pipe of every log stands still, for some seconds, while receivers give the relay something to talk about."""
    box.wait_for_work()
    for _ in range(2):
        box.wait(0.2, 1.5)
        for pipe in box.log_pipes:
            pipe.stall()
        box.faults["logs stalled"] += 1
        for _ in range(_WRONG):
            box.chance.choice(box.parties).misbehave(box.chance)
        box.wait(8.0, 12.0)
        for pipe in box.log_pipes:
            pipe.flow()


LOG = Kind("logs are written, and nobody takes them", flood, Needs(log_pipe=True), within_s=5.0)
