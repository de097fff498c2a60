"""The floor plan of the control room of tests: the one of the example."""

from functools import partial
from pathlib import Path

from vigilanza.domain.plan import FloorPlan, Spot
from vigilanza.store.planfile import read_plan
from vigilanza.web.site import SitePlan

FILE = Path(__file__).parents[2] / "config" / "plans" / "stair-b.png"


def stair_b(file: Path = FILE) -> SitePlan:
    """Its third floor on the left, the fourth on the right."""
    cameras = (Spot("SCALA-B-P3", 0.275, 0.78, 340.0), Spot("SCALA-B-P4", 0.775, 0.78, 340.0))
    doors = (Spot("0423.B.03.12", 0.2, 0.38), Spot("0423.B.03.13", 0.35, 0.38), Spot("0423.B.04.15", 0.7, 0.38))
    picture = read_plan(FILE)
    plan = FloorPlan("stair-b", "Scala B, piani 3 e 4", cameras, doors)
    return SitePlan(plan, picture.width_px, picture.height_px, partial(read_plan, file))
