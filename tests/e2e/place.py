"""Where the control room of tests is, and whom it may telephone."""

from vigilanza import __version__
from vigilanza.domain.callee import Callee
from vigilanza.domain.premises import Premises, Unit
from vigilanza.web.site import Measured

CONTROL_ROOM = "centrale-operativa"
TELEPHONE = "02 0208"
STAIRS = {"0423.B.03.12": "B", "0423.A.01.12": "A"}
CALLEES = (
    Callee(CONTROL_ROOM, CONTROL_ROOM, TELEPHONE, sends=True, destination=True),
    Callee("emergenze", "Numero unico di emergenza", "112", sends=True),
    Callee("custode", "Custode", "02 5550123"),
)
LEAVES = {"SCALA-B-P3": {"0423.B.03.12": ((0.631, 0.217), (0.8, 0.217), (0.8, 0.767), (0.631, 0.767))}}
"""As landing.py draws it."""
MEASURED = Measured(1_795_000_000.0, __version__, "5f" * 32, 13, 12, 1, 0.667, 0.986, 2.4, 7.9)
PLACE = Premises(
    "0423",
    "Stadera 1",
    address="via Esempio 4",
    municipality="Milano",
    manager="ALER",
    units={door: Unit(door, stair, door.split(".")[2], door.split(".")[3]) for door, stair in STAIRS.items()},
    production=True,
)
