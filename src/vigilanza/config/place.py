"""The part of the YAML that says where things are: the site and its flats."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from vigilanza.config.fields import Identifier, IstatCode, Text, TimeZone
from vigilanza.config.part import STRICT
from vigilanza.domain.premises import Position


class _Part(BaseModel):
    model_config = STRICT


class DpiaPart(_Part):
    """The data protection impact assessment (GDPR art. 35): no site is watched without one."""

    reference: Annotated[Text, Field(description="Protocol number of the assessment.")]
    date: Annotated[date, Field(description="Its date, YYYY-MM-DD.")]


class PositionPart(_Part):
    """WGS 84, degrees; metres above the sea."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    altitude: Annotated[float | None, Field(ge=-500, le=9000)] = None


class AddressPart(_Part):
    """Where a block of flats is."""

    address: Annotated[Text | None, Field(description="Street and number, as alerts tell them.")] = None
    municipality: Annotated[Text | None, Field(description="Its name, as alerts tell it.")] = None
    istat: Annotated[IstatCode | None, Field(description="The municipality's ISTAT code; 015146 is Milano.")] = None
    position: Annotated[PositionPart | None, Field(description="Where the entrance is.")] = None

    def at(self) -> Position | None:
        """As the domain knows it."""
        found = self.position
        return None if found is None else Position(found.latitude, found.longitude, found.altitude)


class SitePart(AddressPart):
    """The block of flats."""

    id: Annotated[Identifier, Field(description="Code of the site, part of every alert's source.")]
    name: Annotated[Text, Field(description="What people call it, shown to operators.")]
    timezone: Annotated[TimeZone, Field(description="IANA name; times are shown in it, stored in UTC.")] = "Europe/Rome"
    dpia: Annotated[DpiaPart | None, Field(description="The impact assessment.")] = None
    manager: Annotated[Text | None, Field(description="Who looks after the block, e.g. ALER or MM.")] = None
    production: Annotated[
        bool, Field(description="true: alerts are real. Until then those that can say so are marked as an exercise.")
    ] = False
    flagrante_hours: Annotated[
        int, Field(ge=1, le=720, description="How long after an entry the police act without a judge's order.")
    ] = 48


class UnitPart(_Part):
    """A flat behind a door, as people find it and as alarm centres number it."""

    id: Annotated[Identifier, Field(description="Its code, which doors name as their id.")]
    stair: Annotated[Text | None, Field(description="Staircase.")] = None
    floor: Annotated[Text | None, Field(description="Floor.")] = None
    number: Annotated[Text | None, Field(description="Number on the door (interno).")] = None
    zone: Annotated[int | None, Field(ge=1, le=999, description="Its number in alarm centres.")] = None
