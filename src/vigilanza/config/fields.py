"""Kinds of values the document is made of, each with its own check and its own JSON Schema."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationInfo

from vigilanza.capture.onvif_target import is_onvif, parse_target
from vigilanza.config.outline import check_polygon
from vigilanza.config.secret import Secret, from_environment, from_file

_IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
"""Capitals only, so that a password written here by mistake is seldom taken for a name and repeated in a message."""
_SECRET_QUERY = {"password", "passwd", "pwd", "pass", "secret", "token", "user", "usr", "username", "login"}
LOOPBACK_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check needs to know besides the document: the YAML's folder, the environment, and whether they count.

    `offline`: nothing will be connected, so neither secrets nor files have to be there.
    """

    folder: Path
    environ: Mapping[str, str]
    offline: bool = False

    def lacks_file(self, value: str) -> bool:
        """Whether a file that is needed is not there, or not where we may look."""
        if not value or "\0" in value:
            return True
        try:
            return not self.offline and not (self.folder / value).is_file()
        except OSError:  # a folder that is not ours to enter, or a name longer than the file system takes
            return True

    def path(self, value: str | None) -> Path | None:
        """The absolute path of a file that the YAML names."""
        return None if value is None else (self.folder / value).resolve()


def surroundings(info: ValidationInfo) -> Surroundings:
    """The validation context, typed."""
    context = info.context
    if not isinstance(context, Surroundings):
        raise TypeError("validate with a Surroundings as context")
    return context


def split_url(url: str) -> SplitResult:
    """ValueError (never repeating the URL) if it is no URL, or carries credentials."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("not a valid URL") from None
    named = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if "@" in parts.netloc or named & _SECRET_QUERY:
        raise ValueError("credentials do not belong in a URL: name them with a key ending in _env or _file")
    if port == 0:
        raise ValueError("port 0 cannot be reached")
    return parts


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine by name or address."""
    if host.lower().rstrip(".") in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _identifier(value: str) -> str:
    if not re.match(_IDENTIFIER, value) or value.endswith("\n"):
        raise ValueError("letters, digits, '.', '_' and '-' only, 1 to 64 of them, the first a letter or digit")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError('no such time zone: give an IANA name such as "Europe/Rome"') from None
    return value


def _stream(value: str, info: ValidationInfo) -> str:
    scheme = value.partition("://")[0].lower() if "://" in value else ""
    if scheme in ("rtsp", "rtsps"):
        if not split_url(value).hostname:
            raise ValueError("the URL names no host")
    elif is_onvif(value):
        split_url(value)
        parse_target(value)
    elif scheme:
        raise ValueError(f"{scheme}:// is not a camera source: give an rtsp:// or onvif:// URL or the path of a file")
    elif surroundings(info).lacks_file(value):
        raise ValueError("no such file (relative paths start at the YAML's folder)")
    return value


def _webhook_url(value: str) -> str:
    parts = split_url(value)
    if parts.scheme.lower() != "https":
        raise ValueError("alerts travel over https:// only")
    if not parts.hostname:
        raise ValueError("the URL names no host")
    if parts.fragment:
        raise ValueError("a webhook's URL has no #fragment")
    return value


def _database(value: str) -> str:
    parts = split_url(value.replace("+psycopg", "", 1))
    if parts.scheme == "sqlite":
        if not value.startswith("sqlite:///") or not value.removeprefix("sqlite:///").strip("/"):
            raise ValueError("an SQLite database is a file: sqlite:///var/vigilanza.db")
    elif parts.scheme == "postgresql":
        if not parts.path.strip("/"):
            raise ValueError("name the database: postgresql://host/vigilanza")
    else:
        raise ValueError("give sqlite:///FILE or postgresql://HOST/NAME")
    return value


def _webhook_secret(secret: Secret) -> None:
    prefix, _, encoded = secret.reveal().partition("_")
    wanted = 'a webhook secret is "whsec_" and the base64 of 24 to 64 bytes, or "whsk_" and that of an ed25519 key'
    lengths = {"whsec": range(24, 65), "whsk": (32, 64)}.get(prefix)
    if lengths is None:
        raise ValueError(wanted)
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(wanted) from None
    if len(raw) not in lengths:
        raise ValueError(f"{wanted}, not of {len(raw)}")


def _bearer_token(secret: Secret) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", secret.reveal()):
        raise ValueError("a bearer token is made of letters, digits and -._~+/, with = at its end only (RFC 6750)")


def variable(check: Callable[[Secret], None] | None = None) -> Callable[[str, ValidationInfo], str]:
    """A validator of names of environment variables, whose values must pass `check` (ValueError)."""

    def validate(name: str, info: ValidationInfo) -> str:
        if not re.fullmatch(VARIABLE[1:-1], name):
            raise ValueError("not the name of an environment variable in capitals (never write the secret itself here)")
        around = surroundings(info)
        if around.offline:
            return name
        secret = from_environment(name, around.environ)
        if check is not None:
            try:
                check(secret)
            except ValueError as error:
                raise ValueError(f"the value of the environment variable {name} is wrong: {error}") from None
        return name

    return validate


def _secret_file(value: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if not around.offline:
        from_file(around.folder / value)
    return value


def _file(value: str, info: ValidationInfo) -> str:
    if surroundings(info).lacks_file(value):
        raise ValueError("no such file (relative paths start at the YAML's folder)")
    return value


def _outline(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    check_polygon(points)
    return points


def _floor(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return _outline(points) if points else points


Identifier: TypeAlias = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"pattern": _IDENTIFIER})]
DayTime: TypeAlias = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Telephone: TypeAlias = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ]{1,19}$")]
IstatCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
TimeZone: TypeAlias = Annotated[str, AfterValidator(_timezone)]
Stream: TypeAlias = Annotated[
    str, AfterValidator(_stream), Field(json_schema_extra={"pattern": r"^((rtsps?|onvifs?)://[^@/]+(/.*)?|[^:]+)$"})
]
WebhookUrl: TypeAlias = Annotated[
    str, AfterValidator(_webhook_url), Field(json_schema_extra={"pattern": r"^https://[^@/]+"})
]
Database: TypeAlias = Annotated[
    str, AfterValidator(_database), Field(json_schema_extra={"pattern": r"^(sqlite:///|postgresql(\+psycopg)?://)"})
]
SecretVariable: TypeAlias = Annotated[str, AfterValidator(variable()), Field(json_schema_extra={"pattern": VARIABLE})]
WebhookSecretVariable: TypeAlias = Annotated[
    str, AfterValidator(variable(_webhook_secret)), Field(json_schema_extra={"pattern": VARIABLE})
]
BearerVariable: TypeAlias = Annotated[
    str, AfterValidator(variable(_bearer_token)), Field(json_schema_extra={"pattern": VARIABLE})
]
DnsName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")]
SecretFile: TypeAlias = Annotated[str, AfterValidator(_secret_file)]
ExistingFile: TypeAlias = Annotated[str, AfterValidator(_file)]
Coordinate: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Corner: TypeAlias = tuple[Coordinate, Coordinate]
Outline: TypeAlias = Annotated[list[Corner], Field(min_length=3, max_length=64), AfterValidator(_outline)]
FloorOutline: TypeAlias = Annotated[list[Corner], Field(max_length=64), AfterValidator(_floor)]
