"""The Event Server of Milestone XProtect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from vigilanza.config.channels.destination import DestinationPart, loopback_problem
from vigilanza.config.fields import ExistingFile, Identifier, Surroundings, Text, split_url
from vigilanza.config.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class XprotectLink:
    """`cameras`: address or GUID in XProtect, by our id."""

    url: str
    plain_http: bool
    cameras: Mapping[str, str]
    ca_file: Path | None
    allow_loopback: bool


def _url(value: str) -> str:
    parts = split_url(value)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("give https://HOST:PORT/, or http://HOST:9090/ with plain_http: true")
    if parts.fragment:
        raise ValueError("a receiver's URL has no #fragment")
    return value


class XprotectPart(DestinationPart):
    """An Event Server that takes Analytics Events."""

    channel: Annotated[Literal["xprotect"], Field(description="Analytics Events of Milestone XProtect.")]
    url: Annotated[
        Annotated[str, AfterValidator(_url), Field(json_schema_extra={"pattern": r"^https?://[^@/]+"})],
        Field(description="The Event Server; its own port is 9090."),
    ]
    plain_http: Annotated[
        bool, Field(description="Let the URL be http://: not encrypted, for a closed network only.")
    ] = False
    cameras: Annotated[
        dict[Identifier, Text], Field(description="Each camera's address or GUID in XProtect, by its id here.")
    ]
    ca_file: Annotated[
        ExistingFile | None, Field(description="PEM file of the authority to trust instead of the system's.")
    ] = None
    allow_loopback: Annotated[bool, Field(description="Let the URL point to this machine (demo, tests).")] = False

    def link(self, around: Surroundings) -> XprotectLink:
        return XprotectLink(
            url=self.url,
            plain_http=self.plain_http,
            cameras=dict(self.cameras),
            ca_file=around.path(self.ca_file),
            allow_loopback=self.allow_loopback,
        )

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        yield from loopback_problem(raw, place)
        url = raw.get("url")
        if not isinstance(url, str):
            return
        plain = url.lower().startswith("http://")
        if plain and raw.get("plain_http") is not True:
            told = "http:// is not encrypted: only in a closed network, and only with plain_http: true"
            yield Problem((*place, "url"), told)
        if raw.get("plain_http") is True and not plain:
            yield Problem((*place, "plain_http"), "counts for http:// only")
        if plain and raw.get("ca_file") is not None:
            yield Problem((*place, "ca_file"), "counts for https:// only")

    @classmethod
    def crosscheck_site(cls, raw: dict[str, Any], document: dict[str, Any], place: Place) -> Iterator[Problem]:
        """XProtect's alarms go by the camera: each of ours has a name there."""
        named = raw.get("cameras")
        cameras = document.get("cameras")
        if not isinstance(named, dict) or not isinstance(cameras, list):
            return
        known = [str(camera.get("id")) for camera in cameras if isinstance(camera, dict)]
        for camera in known:
            if camera not in named:
                yield Problem((*place, "cameras"), f'give the address or GUID of camera "{camera}" in XProtect')
        for camera in named:
            if str(camera) not in known:
                yield Problem((*place, "cameras", str(camera)), f'there is no camera called "{camera}"')
