"""CloudEvents by HTTPS webhook."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from vigilanza.config.channels.destination import loopback_problem
from vigilanza.config.channels.pictures import PicturesPart
from vigilanza.config.fields import (
    BearerVariable,
    DnsName,
    Surroundings,
    WebhookSecretVariable,
    WebhookUrl,
)
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import Secret, from_environment
from vigilanza.config.signin import TrustPart


@dataclass(frozen=True, slots=True)
class WebhookLink:
    """`secrets` holds the current signing secret, then the previous one if any; `origin`: the receiver is asked under
    this name whether it agrees.
    """

    url: str
    secrets: tuple[Secret, ...]
    bearer: Secret | None
    origin: str | None
    ca_file: Path | None
    client_certificate: Path | None
    allow_loopback: bool


class WebhookPart(TrustPart, PicturesPart):
    """A receiver of CloudEvents, signed after Standard Webhooks."""

    channel: Annotated[Literal["webhook"], Field(description="CloudEvents over HTTPS.")]
    url: Annotated[WebhookUrl, Field(description="https:// only.")]
    secret_env: Annotated[
        WebhookSecretVariable,
        Field(description="Variable with the signing secret: whsec_ + base64 of 24-64 bytes, or whsk_ + ed25519 key."),
    ]
    previous_secret_env: Annotated[
        WebhookSecretVariable | None, Field(description="The same for the secret being replaced; signs too.")
    ] = None
    bearer_token_env: Annotated[
        BearerVariable | None, Field(description="Variable with a token sent as Authorization: Bearer.")
    ] = None
    request_origin: Annotated[
        DnsName | None,
        Field(description="Ask the receiver's agreement by OPTIONS, under this DNS name, before the first alert."),
    ] = None
    allow_loopback: Annotated[bool, Field(description="Let the URL point to this machine (demo, tests).")] = False

    def link(self, around: Surroundings) -> WebhookLink:
        names = (self.secret_env, self.previous_secret_env)
        return WebhookLink(
            url=self.url,
            secrets=tuple(from_environment(name, around.environ) for name in names if name is not None),
            bearer=None if self.bearer_token_env is None else from_environment(self.bearer_token_env, around.environ),
            origin=self.request_origin,
            ca_file=around.path(self.ca_file),
            client_certificate=around.path(self.client_certificate_file),
            allow_loopback=self.allow_loopback,
        )

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        yield from loopback_problem(raw, place)
