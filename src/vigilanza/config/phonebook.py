"""Whom an operator may telephone besides the destinations of alerts."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from vigilanza.config.fields import Identifier, Telephone, Text
from vigilanza.config.part import STRICT
from vigilanza.domain.callee import Callee

Sends: TypeAlias = Literal["patrol", "nobody"]


class CalleePart(BaseModel):
    """Somebody with a telephone, named on the page where a call is made."""

    model_config = STRICT

    id: Annotated[Identifier, Field(description="Its name in this file.")]
    name: Annotated[Text, Field(description="What operators read.")]
    telephone: Annotated[Telephone, Field(description="Its number.")]
    sends: Annotated[
        Sends, Field(description="patrol: a call to it counts as telling a control room; nobody: as a call.")
    ] = "nobody"

    def callee(self) -> Callee:
        """As the page takes it."""
        return Callee(self.id, self.name, self.telephone, sends=self.sends == "patrol")
