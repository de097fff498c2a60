"""The site as an ONVIF device: where it listens, who may ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from vigilanza.config.fields import ExistingFile, Surroundings, Text, split_url
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem
from vigilanza.config.secret import Secret
from vigilanza.config.served import AccountPart, crosscheck_served

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
    discoverable: bool
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
    accounts: Annotated[list[AccountPart], Field(min_length=1, max_length=32, description="Who may ask.")]
    wsse_skew: Annotated[
        float, Field(ge=5, le=300, description="Seconds the clock of one that signs with WS-Security may be off ours.")
    ] = 60.0
    discoverable: Annotated[
        bool, Field(description="Whether a VMS that searches the network (WS-Discovery, 3702/udp) finds the site.")
    ] = True
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
            accounts=tuple(OnvifAccount(one.name, one.password(around)) for one in self.accounts),
            wsse_skew=self.wsse_skew,
            discoverable=self.discoverable,
            video=self.video,
        )


def crosscheck_device(raw: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong between the keys of `onvif_device`."""
    yield from crosscheck_served(raw, ("onvif_device",), plain="plain_http")
