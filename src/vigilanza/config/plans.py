"""Floor plans: a picture, and where on it cameras and doors are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.config.fields import Corner, Identifier, Surroundings, Text
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.domain.plan import FloorPlan, Spot


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What is drawn on a plan, and its picture's file."""

    plan: FloorPlan
    file: Path


class PlanDoorPart(BaseModel):
    """A door on a plan."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="The code that cameras give as its id.")]
    at: Annotated[Corner, Field(description="Where it is, [x, y] in 0..1 of the picture.")]


class PlanCameraPart(BaseModel):
    """A camera on a plan."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="The camera's id.")]
    at: Annotated[Corner, Field(description="Where it is, [x, y] in 0..1 of the picture.")]
    direction: Annotated[
        float | None, Field(ge=0, lt=360, description="Where it looks: degrees, clockwise from the top of the picture.")
    ] = None


class PlanPart(BaseModel):
    """One plan, of a stair or a floor."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="Its name in this file.")]
    name: Annotated[Text, Field(description="What operators read.")]
    file: Annotated[Text, Field(description="PNG or JPEG, at most 4,000,000 bytes and 6,000 pixels a side.")]
    cameras: Annotated[list[PlanCameraPart], Field(max_length=64)] = []
    doors: Annotated[list[PlanDoorPart], Field(max_length=64)] = []  # pydantic copies defaults

    def settings(self, around: Surroundings) -> PlanSettings:
        """Whether the picture is there is no condition: see `advice`."""
        cameras = tuple(Spot(one.id, *one.at, one.direction) for one in self.cameras)
        doors = tuple(Spot(one.id, *one.at) for one in self.doors)
        return PlanSettings(FloorPlan(self.id, self.name, cameras, doors), (around.folder / self.file).resolve())


def crosscheck_plans(raw: dict[str, Any]) -> Iterator[Problem]:
    """What is drawn on a plan must be configured."""
    cameras = [one for _, one in _mappings(raw.get("cameras"))]
    doors = {str(door.get("id")) for camera in cameras for _, door in _mappings(camera.get("doors"))}
    known = {"cameras": {str(camera.get("id")) for camera in cameras}, "doors": doors}
    for index, plan in _mappings(raw.get("plans")):
        for kind, names in known.items():
            for number, spot in _mappings(plan.get(kind)):
                name = spot.get("id")
                if isinstance(name, str) and name not in names:
                    place: Place = ("plans", index, kind, number, "id")
                    yield Problem(place, f'there is no {kind.removesuffix("s")} called "{name}"')


def _mappings(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(items, list):
        yield from ((index, item) for index, item in enumerate(items) if isinstance(item, dict))
