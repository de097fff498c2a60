"""Live video for others, in the configuration: where it is served, who may watch which cameras.

Accounts and certificate that are left out are those of `onvif_device`: a VMS knows one password and one certificate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.config.fields import ExistingFile, Identifier, Surroundings, Text
from vigilanza.config.onvif_device import OnvifDevicePart
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem
from vigilanza.config.secret import Secret
from vigilanza.config.served import AccountPart, crosscheck_served


@dataclass(frozen=True, slots=True)
class VideoAccount:
    """`cameras`: ids of those it may watch, None for all."""

    name: str
    password: Secret
    cameras: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Video:
    """`certificate` and `key` None: RTSP without encryption, which was expressly asked for."""

    host: str
    port: int
    certificate: Path | None
    key: Path | None
    accounts: tuple[VideoAccount, ...]


class VideoAccountPart(AccountPart):
    """One that may watch."""

    cameras: Annotated[
        list[Identifier] | None, Field(min_length=1, description="Ids of the cameras it may watch; default: all.")
    ] = None


class VideoPart(BaseModel):
    """Shows cameras live to a VMS, by RTSP."""

    model_config = STRICT

    host: Annotated[Text, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="TCP port; 0: any free one.")] = 8322
    certificate_file: Annotated[
        ExistingFile | None, Field(description="PEM file with our certificate; default: that of onvif_device.")
    ] = None
    key_file: Annotated[ExistingFile | None, Field(description="PEM file with its key; as above.")] = None
    plain_rtsp: Annotated[
        bool, Field(description="true: not encrypted, for a VMS that knows no RTSPS, on a network that is protected.")
    ] = False
    accounts: Annotated[
        list[VideoAccountPart] | None,
        Field(min_length=1, max_length=32, description="Who may watch; default: those of onvif_device, all cameras."),
    ] = None

    def video(self, around: Surroundings, device: OnvifDevicePart | None) -> Video:
        """With absolute paths and secrets resolved; the document has passed every check."""
        certificate, key = self.certificate_file, self.key_file
        if certificate is None and device is not None and not self.plain_rtsp:
            certificate, key = device.certificate_file, device.key_file
        accounts: Sequence[AccountPart] = self.accounts or (device.accounts if device is not None else ())
        return Video(
            host=self.host,
            port=self.port,
            certificate=around.path(certificate),
            key=around.path(key),
            accounts=tuple(VideoAccount(one.name, one.password(around), _cameras_of(one)) for one in accounts),
        )


def _cameras_of(part: AccountPart) -> frozenset[str] | None:
    return frozenset(part.cameras) if isinstance(part, VideoAccountPart) and part.cameras is not None else None


def crosscheck_video(raw: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong between the keys of `video`, and with what it takes from the rest of the document."""
    video, device = raw.get("video"), raw.get("onvif_device")
    if not isinstance(video, dict):
        return
    place, around = ("video",), device if isinstance(device, dict) else {}
    yield from crosscheck_served(video, place, plain="plain_rtsp", inherited=around)
    if video.get("accounts") is None and not around.get("accounts"):
        yield Problem(place, "give accounts (or onvif_device, whose accounts may then watch all cameras)")
    if video.get("port") == 0 and around and around.get("video") is None:
        yield Problem((*place, "port"), "onvif_device tells this port to others: give one")
    yield from _cameras(video.get("accounts"), raw.get("cameras"))


def _cameras(accounts: Any, cameras: Any) -> Iterator[Problem]:
    known = {camera.get("id") for camera in cameras if isinstance(camera, dict)} if isinstance(cameras, list) else set()
    for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
        named = account.get("cameras") if isinstance(account, dict) else None
        for number, camera in enumerate(named if isinstance(named, list) else ()):
            if camera not in known:
                yield Problem(("video", "accounts", index, "cameras", number), f'no camera has the id "{camera}"')
