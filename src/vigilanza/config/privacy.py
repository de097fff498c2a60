"""What stays unseen in the pictures that are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from vigilanza.config.fields import Text
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem

Interiors: TypeAlias = Literal["black", "shown"]


@dataclass(frozen=True, slots=True)
class Privacy:
    """Whether clips and stills show the inside of a flat while its door stands open; `shown` has a reason."""

    interiors: Interiors = "black"
    interiors_reason: str | None = None


class PrivacyPart(BaseModel):
    """What stays unseen in the pictures that are kept."""

    model_config = STRICT

    interiors: Annotated[
        Interiors, Field(description="black: the leaf of a sealed door is black in clips and stills while it is open.")
    ] = "black"
    interiors_reason: Annotated[Text | None, Field(description="Why the inside is shown; required then.")] = None


def crosscheck_privacy(raw: dict[str, Any]) -> Iterator[Problem]:
    """Who keeps the inside of a flat says why."""
    privacy = raw.get("privacy")
    if isinstance(privacy, dict) and privacy.get("interiors") == "shown" and not privacy.get("interiors_reason"):
        yield Problem(("privacy", "interiors"), "keeping the inside of a flat needs a recorded interiors_reason")
