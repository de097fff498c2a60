"""The site as an ONVIF device: where it listens, who may ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from vigilanza.config.fields import ExistingFile, Identifier, SecretFile, SecretVariable, Surroundings, Text, split_url
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import Secret, from_environment, from_file

HOLDER = "{camera}"


@dataclass(frozen=True, slots=True)
class OnvifAccount:
    """One that may ask; of level User, which changes nothing."""

    name: str
    password: Secret


@dataclass(frozen=True, slots=True)
class OnvifDevice:
    """`certificate` and `key` None: plain HTTP, which was expressly asked for. `video` holds {camera}, or is None.

    `wsse_skew`: seconds a UsernameToken may be off our clock.
    """

    host: str
    port: int
    certificate: Path | None
    key: Path | None
    accounts: tuple[OnvifAccount, ...]
    wsse_skew: float
    video: str | None


def _video(value: str) -> str:
    parts = split_url(value.replace(HOLDER, "camera"))
    if parts.scheme.lower() not in ("rtsp", "rtsps") or not parts.hostname:
        raise ValueError("give an rtsp:// or rtsps:// URL")
    if HOLDER not in urlsplit(value).path:
        raise ValueError("the path must hold {camera}, which stands for the camera's id")
    return value


VideoTemplate: TypeAlias = Annotated[
    str, AfterValidator(_video), Field(json_schema_extra={"pattern": r"^rtsps?://[^@/]+/.*\{camera\}"})
]


class OnvifAccountPart(BaseModel):
    """One that may ask; exactly one of password_env and password_file."""

    model_config = STRICT

    name: Annotated[Identifier, Field(description="User name, as the VMS gives it.")]
    password_env: Annotated[SecretVariable | None, Field(description="Environment variable with the password.")] = None
    password_file: Annotated[SecretFile | None, Field(description="File that holds the password.")] = None


class OnvifDevicePart(BaseModel):
    """Lets a VMS add the site as an ONVIF device."""

    model_config = STRICT

    host: Annotated[Text, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="TCP port; 0: any free one.")] = 8443
    certificate_file: Annotated[
        ExistingFile | None, Field(description="PEM file with our certificate; needed unless plain_http.")
    ] = None
    key_file: Annotated[ExistingFile | None, Field(description="PEM file with its key.")] = None
    plain_http: Annotated[
        bool, Field(description="true: not encrypted, for a VMS that knows no HTTPS, on a network that is protected.")
    ] = False
    accounts: Annotated[list[OnvifAccountPart], Field(min_length=1, max_length=32, description="Who may ask.")]
    wsse_skew: Annotated[
        float, Field(ge=5, le=300, description="Seconds the clock of one that signs with WS-Security may be off ours.")
    ] = 60.0
    video: Annotated[
        VideoTemplate | None, Field(description="rtsp:// URL with {camera} where the VMS finds the streams.")
    ] = None

    def device(self, around: Surroundings) -> OnvifDevice:
        """With absolute paths and secrets resolved; the document has passed every check."""
        return OnvifDevice(
            host=self.host,
            port=self.port,
            certificate=around.path(self.certificate_file),
            key=around.path(self.key_file),
            accounts=tuple(OnvifAccount(one.name, _password(one, around)) for one in self.accounts),
            wsse_skew=self.wsse_skew,
            video=self.video,
        )


def _password(part: OnvifAccountPart, around: Surroundings) -> Secret:
    if part.password_env is not None:
        return from_environment(part.password_env, around.environ)
    return from_file(around.folder / str(part.password_file))


def crosscheck_device(raw: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong between the keys of `onvif_device`."""
    place: Place = ("onvif_device",)
    plain, given = raw.get("plain_http") is True, [key for key in ("certificate_file", "key_file") if raw.get(key)]
    if plain and given:
        yield Problem((*place, given[0]), "counts for HTTPS only: leave out plain_http")
    if not plain and len(given) != 2:
        yield Problem(place, "give certificate_file and key_file (or plain_http: true, which encrypts nothing)")
    seen: set[str] = set()
    accounts = raw.get("accounts")
    for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
        if not isinstance(account, dict):
            continue
        here: Place = (*place, "accounts", index)
        if sum(account.get(key) is not None for key in ("password_env", "password_file")) != 1:
            yield Problem(here, "give exactly one of password_env and password_file")
        if str(account.get("name")) in seen:
            yield Problem((*here, "name"), "is already the name of another account")
        seen.add(str(account.get("name")))
