"""What all destinations have in common, whichever channel reaches them."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from vigilanza.config.fields import Identifier, Surroundings
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.domain.delivery import Destination, DestinationKind


class DestinationPart(BaseModel):
    """An outside party that is owed alerts. Each channel adds a `channel` of its own name, and what it needs."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="Name of the destination.")]
    kind: Annotated[
        Literal["municipal_vms", "control_room"],
        Field(description="municipal_vms gets unconfirmed events too, flagged so; control_room only confirmed ones."),
    ]
    minimum_avs: Annotated[
        Literal[1, 2, 3, 4] | None,
        Field(description="Lowest AVS score that is sent; only for a control_room, default 2 there."),
    ] = None

    def destination(self) -> Destination:
        """In the words of the domain."""
        kind = DestinationKind(self.kind)
        return Destination(self.id, kind) if self.minimum_avs is None else Destination(self.id, kind, self.minimum_avs)

    def link(self, around: Surroundings) -> object:
        """How it is reached, with absolute paths and secrets resolved; the document has passed every check."""
        raise NotImplementedError

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        """What is wrong between the keys of `raw`, which may be wrong in themselves."""
        if raw.get("kind") == "municipal_vms" and raw.get("minimum_avs") is not None:
            yield Problem((*place, "minimum_avs"), "only a control_room waits for an AVS score")
