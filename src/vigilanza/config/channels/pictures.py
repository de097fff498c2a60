"""Links to the pictures of an incident, for destinations whose protocol has a place for them."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from vigilanza.config.channels.destination import DestinationPart
from vigilanza.config.problem import Place, Problem


class PicturesPart(DestinationPart):
    """A destination that may be sent links to clips and stills of confirmed incidents."""

    pictures: Annotated[
        float | None,
        Field(ge=60, le=3600, description="Seconds that links to clips and stills hold after sending; default: none."),
    ] = None

    def pictures_for(self) -> float | None:
        return self.pictures

    @classmethod
    def crosscheck_site(cls, raw: dict[str, Any], document: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck_site(raw, document, place)
        web = document.get("web")
        if raw.get("pictures") is None or (isinstance(web, dict) and web.get("public_url") is not None):
            return
        yield Problem((*place, "pictures"), "needs web.public_url: the address under which others reach the web part")
