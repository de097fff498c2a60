"""A new camera in the YAML's text: every other line stays as it is, byte for byte."""

from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vigilanza.config.patch import patch, value_of


@dataclass(frozen=True, slots=True)
class NewCamera:
    """`source` is an onvif(s):// address. Files are named as from the YAML's folder; None for what it does not need."""

    id: str
    source: str
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    tls_name: str | None = None

    def part(self) -> dict[str, Any]:
        """As the document has it."""
        login = {} if self.user is None else {"credentials": {"user": self.user, "password_file": self.password_file}}
        files = {"ca_file": self.ca_file, "tls_name": self.tls_name}
        known = {key: value for key, value in files.items() if value is not None}
        return {"id": self.id, "source": self.source, **login, **known}


def enrol(text: str, camera: NewCamera) -> str:
    """The text with that camera after the others. ConfigError if that cannot be done."""
    old = value_of(text, camera.id)

    def alter(document: CommentedMap) -> None:
        document["cameras"].append(_quoted(camera.part()))

    return patch(text, {**old, "cameras": [*old["cameras"], camera.part()]}, alter, camera.id)


def _quoted(part: dict[str, Any]) -> CommentedMap:
    return CommentedMap(
        {key: _quoted(one) if isinstance(one, dict) else DoubleQuotedScalarString(one) for key, one in part.items()}
    )
