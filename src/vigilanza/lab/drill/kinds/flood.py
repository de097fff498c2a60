"""Everything happens at once."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import RECORDER, RELAY, Needs
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.kind import Kind

CAMERAS = 200


def flood(box: Box) -> None:
    """While it does, the recorder and the relay are killed once."""
    for name in box.chance.sample((RECORDER, RELAY), 2):
        box.wait(0.0, 3.0)
        box.parts[name].kill()
        box.faults[f"{name} killed"] += 1
        box.wait(0.0, 1.0)
        box.parts[name].start()


FLOOD = Kind(
    f"a break-in in front of each of {CAMERAS} cameras at once",
    flood,
    Needs(parties=("webhook", "room"), doors=CAMERAS, cameras=CAMERAS),
    Pace(least=CAMERAS, at_once=CAMERAS),
)
