"""Kinds of values that concern pictures which others fetch."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo

from vigilanza.config.fields import VARIABLE, is_loopback, split_url, surroundings, variable
from vigilanza.config.secret import Secret, from_file

PICTURES_KEY_MIN_BYTES = 32


def _public_url(value: str) -> str:
    parts = split_url(value)
    if not parts.hostname:
        raise ValueError("the URL names no host")
    if parts.scheme.lower() != "https" and not (parts.scheme.lower() == "http" and is_loopback(parts.hostname)):
        raise ValueError("pictures travel over https:// only (http:// on this machine, for demo and tests)")
    if parts.query or parts.fragment:
        raise ValueError("give scheme, host and, if need be, port and path: no ? and no #")
    return value


def _pictures_key(secret: Secret) -> None:
    if len(secret.reveal().encode()) < PICTURES_KEY_MIN_BYTES:
        raise ValueError(f"a key that signs links has at least {PICTURES_KEY_MIN_BYTES} characters")


def _pictures_key_file(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline:
        _pictures_key(from_file(around.folder / value))
    return value


PicturesKeyVariable: TypeAlias = Annotated[
    str, AfterValidator(variable(_pictures_key)), Field(json_schema_extra={"pattern": VARIABLE})
]
PicturesKeyFile: TypeAlias = Annotated[str, AfterValidator(_pictures_key_file)]
PublicUrl: TypeAlias = Annotated[
    str,
    AfterValidator(_public_url),
    Field(max_length=200, json_schema_extra={"pattern": r"^https?://[^@/?#]+(/[^?#]*)?$"}),
]
