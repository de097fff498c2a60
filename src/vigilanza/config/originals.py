"""Who, two together, may see what the masks hide."""

from pathlib import Path
from typing import Annotated, TypeAlias

from cryptography.x509 import Certificate
from pydantic import AfterValidator, BaseModel, Field, ValidationInfo

from vigilanza.config.fields import Surroundings, Text, surroundings
from vigilanza.config.part import STRICT
from vigilanza.store.evidence.envelope import KeyHolder, read_certificate


def _certificate(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline:
        _read(around.folder / value)
    return value


def _read(path: Path) -> Certificate:
    try:
        return read_certificate(path.read_bytes())
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"the file {path} holds {error}") from error


CertificateFile: TypeAlias = Annotated[str, AfterValidator(_certificate)]


class KeyHolderPart(BaseModel):
    """One of the two."""

    model_config = STRICT

    name: Annotated[Text, Field(description="Person or office, as packages of evidence name it.")]
    certificate_file: Annotated[
        CertificateFile, Field(description="PEM file with the certificate of an RSA key of 3072 bits or more.")
    ]


def _two_keys(parts: list[KeyHolderPart], info: ValidationInfo) -> list[KeyHolderPart]:
    around = surroundings(info)
    if not around.offline:
        keys = [_read(around.folder / part.certificate_file).public_key() for part in parts]
        if keys[0] == keys[1]:
            raise ValueError("both certificates are of the same key: one person alone could open the originals")
    return parts


KeyHolderParts: TypeAlias = Annotated[
    list[KeyHolderPart],
    Field(
        min_length=2,
        max_length=2,
        description="Where something is masked, the camera's own bytes are kept too, encrypted: these two together "
        "can open them. Default: they are not kept.",
    ),
    AfterValidator(_two_keys),
]


def read_holders(parts: list[KeyHolderPart], around: Surroundings) -> tuple[KeyHolder, KeyHolder]:
    """The document has passed every check."""
    first, second = (KeyHolder(part.name, _read(around.folder / part.certificate_file)) for part in parts)
    return first, second
