"""Where peers that speak CAP bring their answers and fetch their messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.config.fields import ExistingFile, Surroundings, Text
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem


@dataclass(frozen=True, slots=True)
class CapOfficeSettings:
    """`certificate` is a PEM file with a key; port 0 means any free one."""

    host: str
    port: int
    certificate: Path


class CapOfficePart(BaseModel):
    """HTTPS with mutual TLS; each CAP destination is let in by its peer_certificate_file."""

    model_config = STRICT

    host: Annotated[Text, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="TCP port; 0: any free one.")] = 8443
    certificate_file: Annotated[ExistingFile, Field(description="PEM file with our certificate and key.")]

    def settings(self, around: Surroundings) -> CapOfficeSettings:
        """With an absolute path; the document has passed every check."""
        return CapOfficeSettings(self.host, self.port, (around.folder / self.certificate_file).resolve())


def crosscheck_office(raw: dict[str, Any]) -> Iterator[Problem]:
    """An office that lets nobody in is a mistake."""
    destinations = raw.get("destinations")
    known = [one for one in destinations or [] if isinstance(one, dict)] if isinstance(destinations, list) else []
    if raw.get("cap_office") is not None and not any(one.get("channel") == "cap" for one in known):
        yield Problem(("cap_office",), "no destination has channel: cap, so nobody would be let in")
