"""CAP 1.2 by HTTPS."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from vigilanza.config.channels.destination import loopback_problem
from vigilanza.config.channels.pictures import PicturesPart
from vigilanza.config.fields import ExistingFile, Surroundings, WebhookUrl
from vigilanza.config.problem import Place, Problem
from vigilanza.domain.delivery import Destination

REPLY_SECONDS = 60.0

CapName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s,<&\"]+$")]
"""CAP's own rule for senders: no blank, comma, < or &."""


@dataclass(frozen=True, slots=True)
class CapLink:
    """`client_certificate` and `signing_certificate` are PEM files with a key, `peer_certificate` one without."""

    url: str
    sender: str
    addresses: tuple[str, ...]
    signing_certificate: Path
    peer_certificate: Path
    client_certificate: Path
    ca_file: Path | None
    allow_loopback: bool


class CapPart(PicturesPart):
    """A control room that takes signed CAP 1.2 messages and answers each with a signed Ack."""

    channel: Annotated[Literal["cap"], Field(description="CAP 1.2 over HTTPS.")]
    url: Annotated[WebhookUrl, Field(description="https:// only.")]
    sender: Annotated[CapName, Field(description="Our name in CAP, e.g. vigilanza@aler.example.it.")]
    addresses: Annotated[
        list[CapName], Field(min_length=1, max_length=16, description="Whom the messages are for, in CAP's words.")
    ]
    signing_certificate_file: Annotated[
        ExistingFile, Field(description="PEM file with the certificate and P-256 key that sign our messages.")
    ]
    peer_certificate_file: Annotated[
        ExistingFile, Field(description="PEM file with the receiver's certificates: who signs its Acks, who calls us.")
    ]
    client_certificate_file: Annotated[
        ExistingFile, Field(description="PEM file with our certificate and key, for mutual TLS.")
    ]
    ca_file: Annotated[
        ExistingFile | None, Field(description="PEM file of the authority to trust instead of the system's.")
    ] = None
    reply_within: Annotated[
        float | None,
        Field(
            ge=10,
            le=3600,
            description="Seconds after which a control_room's missing Ack is called out; null: never.",
        ),
    ] = REPLY_SECONDS
    allow_loopback: Annotated[bool, Field(description="Let the URL point to this machine (demo, tests).")] = False

    def destination(self) -> Destination:
        # Behind a VMS nobody is bound to answer.
        expected = self.reply_within if self.kind == "control_room" else None
        return replace(super().destination(), reply_within=expected)

    def link(self, around: Surroundings) -> CapLink:
        return CapLink(
            url=self.url,
            sender=self.sender,
            addresses=tuple(self.addresses),
            signing_certificate=(around.folder / self.signing_certificate_file).resolve(),
            peer_certificate=(around.folder / self.peer_certificate_file).resolve(),
            client_certificate=(around.folder / self.client_certificate_file).resolve(),
            ca_file=around.path(self.ca_file),
            allow_loopback=self.allow_loopback,
        )

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        yield from loopback_problem(raw, place)
        if raw.get("kind") == "municipal_vms" and raw.get("reply_within") is not None:
            yield Problem((*place, "reply_within"), "only a control_room is asked for an Ack")
