"""What signs packages of evidence and check points of the audit chain."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from cryptography.x509 import Certificate
from pydantic import AfterValidator, BaseModel, Field, ValidationInfo

from vigilanza.config.fields import Surroundings, split_url, surroundings
from vigilanza.config.part import STRICT
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.evidence.stamp import read_authority


@dataclass(frozen=True, slots=True)
class StampSettings:
    """Where time stamps (RFC 3161) are asked for, and the certificates of the authority they must come from."""

    url: str
    authority: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """`stamps` None: nothing is time-stamped."""

    key: SigningKey
    stamps: StampSettings | None


def _signing_key(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline:
        read_key(around.folder / value)
    return value


def _authority_file(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline:
        read_certificates(around.folder / value)
    return value


def read_certificates(path: Path) -> tuple[Certificate, ...]:
    """ValueError says what is wrong with the file."""
    try:
        return tuple(read_authority(path.read_bytes()))
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"the file {path} holds no certificates in PEM") from error


def _stamp_url(value: str) -> str:
    parts = split_url(value)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("time stamps are asked for by http:// or https://, and the URL names a host")
    return value


def read_key(path: Path) -> SigningKey:
    """ValueError says what is wrong with the file."""
    try:
        return SigningKey.read(path.read_bytes())
    except OSError as error:
        raise ValueError(f"the key file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"the key file {path} holds {error}") from error


def _ed25519_key(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline and read_key(around.folder / value).public.algorithm != "Ed25519":
        raise ValueError(f"the key file {around.folder / value} holds another kind of key: give an Ed25519 key")
    return value


def _public_key(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline and read_public_key(around.folder / value).algorithm != "Ed25519":
        raise ValueError(f"the key file {around.folder / value} holds another kind of key: give an Ed25519 key")
    return value


def read_public_key(path: Path) -> PublicKey:
    """ValueError says what is wrong with the file."""
    try:
        return PublicKey.read(path.read_bytes())
    except OSError as error:
        raise ValueError(f"the key file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"the key file {path} holds {error}") from error


KeyFile: TypeAlias = Annotated[str, AfterValidator(_signing_key)]
Ed25519File: TypeAlias = Annotated[str, AfterValidator(_ed25519_key)]
PublicKeyFile: TypeAlias = Annotated[str, AfterValidator(_public_key)]
AuthorityFile: TypeAlias = Annotated[str, AfterValidator(_authority_file)]
StampUrl: TypeAlias = Annotated[str, AfterValidator(_stamp_url), Field(json_schema_extra={"pattern": "^https?://"})]


class StampPart(BaseModel):
    """A time stamping authority (RFC 3161)."""

    model_config = STRICT

    url: Annotated[StampUrl, Field(description="Where it is asked; only hashes are told it.")]
    ca_file: Annotated[
        AuthorityFile, Field(description="PEM file with the certificates it is known by, root included.")
    ]


class EvidencePart(BaseModel):
    """Without it no package is sealed and no check point written."""

    model_config = STRICT

    key_file: Annotated[KeyFile, Field(description="PEM file with an Ed25519 or P-256 key, without a password.")]
    time_stamps: Annotated[StampPart | None, Field(description="Default: none.")] = None

    def settings(self, around: Surroundings) -> EvidenceSettings:
        """The document has passed every check."""
        part = self.time_stamps
        stamps = None if part is None else StampSettings(part.url, read_certificates(around.folder / part.ca_file))
        return EvidenceSettings(read_key(around.folder / self.key_file), stamps)
