"""Where the control room of tests is, and whom it may telephone."""

from collections.abc import Mapping
from typing import Any

from vigilanza import __version__
from vigilanza.domain.callee import Callee
from vigilanza.domain.premises import Premises, Unit
from vigilanza.web.blindtest import BlindTest, Measured

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
MEASURED = Measured(
    made_at="2026-11-20T09:00:00+00:00",
    recall=12 / 13,
    low=0.667,
    high=0.986,
    events=13,
    found=12,
    in_time=11 / 13,
    recordings=13,
    truth_sha256="5f" * 32,
    vigilanza=__version__,
    analysis_fps=5.0,
    people="movenet-onnx",
    models={"movenet_multipose_fp16w.onnx": "7a" * 32},
)
SHOWN: Mapping[str, Any] = {"leaves": LEAVES, "blind_test": lambda: BlindTest((), MEASURED)}
"""What else the page is told of it."""
PLACE = Premises(
    "0423",
    "Stadera 1",
    address="via Esempio 4",
    municipality="Milano",
    manager="ALER",
    units={door: Unit(door, stair, door.split(".")[2], door.split(".")[3]) for door, stair in STAIRS.items()},
    production=True,
)
