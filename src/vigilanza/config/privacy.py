"""What stays unseen in the pictures that are kept, and who answers for the processing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from vigilanza.config.fields import Surroundings, Text
from vigilanza.config.originals import KeyHolderParts, read_holders
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem
from vigilanza.store.evidence.envelope import KeyHolder

Interiors: TypeAlias = Literal["black", "shown"]
Purpose: TypeAlias = Literal["property", "urban_security"]
LONGEST_HOURS = 72
"""Longer than that only the purpose of urban security allows: D.L. 11/2009, art. 6, paragraphs 7 and 8."""


@dataclass(frozen=True, slots=True)
class Controller:
    """Who decides why and how pictures are taken (GDPR art. 4.7), and how people reach them."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class Privacy:
    """`interiors`: whether pictures show the inside of a flat while its door stands open; `shown` has a reason.
    `originals`: who, two together, can open what the masks hide; None: it is not kept.

    The others are what the register of processing and the signs say, as far as it was filled in: several `controllers`
    are joint ones (GDPR art. 26); `purpose`: the owner's property, or the municipality's urban security (D.L. 11/2009,
    D.lgs. 51/2018); `signs` hang at these places.
    """

    interiors: Interiors = "black"
    interiors_reason: str | None = None
    controllers: tuple[Controller, ...] = ()
    officer: str | None = None
    purpose: Purpose = "property"
    legal_basis: str | None = None
    notice: str | None = None
    signs: tuple[str, ...] = ()
    originals: tuple[KeyHolder, KeyHolder] | None = None


class ControllerPart(BaseModel):
    """Who decides why and how pictures are taken."""

    model_config = STRICT

    name: Annotated[Text, Field(description="As signs name it.")]
    contact: Annotated[Text, Field(description="Where people may exercise their rights: address, mail, telephone.")]


class PrivacyPart(BaseModel):
    """What stays unseen in the pictures, and who answers for the processing."""

    model_config = STRICT

    interiors: Annotated[
        Interiors, Field(description="black: the leaf of a sealed door is black in all pictures while it is open.")
    ] = "black"
    interiors_reason: Annotated[Text | None, Field(description="Why the inside is shown; required then.")] = None
    controllers: Annotated[list[ControllerPart], Field(max_length=8, description="Several are joint ones.")] = []
    officer: Annotated[Text | None, Field(description="How the data protection officer is reached.")] = None
    purpose: Annotated[
        Purpose, Field(description="property: the owner protects the flats; urban_security: the municipality does.")
    ] = "property"
    legal_basis: Annotated[Text | None, Field(description="Of the processing, as the assessment found it.")] = None
    notice: Annotated[Text | None, Field(description="Where the full notice can be read.")] = None
    signs: Annotated[list[Text], Field(max_length=64, description="Where signs hang.")] = []
    originals: KeyHolderParts | None = None

    def privacy(self, around: Surroundings) -> Privacy:
        """As the app receives it."""
        return Privacy(
            self.interiors,
            self.interiors_reason,
            controllers=tuple(Controller(one.name, one.contact) for one in self.controllers),
            officer=self.officer,
            purpose=self.purpose,
            legal_basis=self.legal_basis,
            notice=self.notice,
            signs=tuple(self.signs),
            originals=None if self.originals is None or around.offline else read_holders(self.originals, around),
        )


def crosscheck_privacy(raw: dict[str, Any]) -> Iterator[Problem]:
    """Who keeps the inside of a flat says why, and a week is for urban security alone."""
    privacy, storage = (part if isinstance(part := raw.get(key), dict) else {} for key in ("privacy", "storage"))
    hours = storage.get("retention_hours")
    if isinstance(hours, int) and hours > LONGEST_HOURS and privacy.get("purpose") != "urban_security":
        yield Problem(
            ("storage", "retention_hours"),
            f"more than {LONGEST_HOURS} is for the municipality's urban security alone (D.L. 11/2009, art. 6): then "
            "privacy.purpose is urban_security",
        )
    if privacy.get("interiors") == "shown" and not privacy.get("interiors_reason"):
        yield Problem(("privacy", "interiors"), "keeping the inside of a flat needs a recorded interiors_reason")
