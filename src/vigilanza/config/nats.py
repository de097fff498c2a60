"""The keys that say where NATS is and how one gets in; part of whatever goes by way of it."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from vigilanza.cluster.link import NatsLink
from vigilanza.config.fields import ExistingFile, SecretFile, SecretVariable, Surroundings, Text, is_loopback, split_url
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import from_environment, from_file


def _server_url(value: str) -> str:
    parts = split_url(value)
    if parts.scheme.lower() not in ("tls", "nats"):
        raise ValueError("a NATS server is tls://HOST:PORT")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a NATS server's URL is tls://HOST:PORT and nothing else")
    return value


ServerUrl: TypeAlias = Annotated[
    str, AfterValidator(_server_url), Field(json_schema_extra={"pattern": r"^(tls|nats)://[^@/?#]+/?$"})
]


class NatsPart(BaseModel):
    """A cluster of NATS servers."""

    model_config = STRICT

    servers: Annotated[list[ServerUrl], Field(min_length=1, description="tls://HOST:PORT of each, tried in turn.")]
    user: Annotated[Text | None, Field(description="User name there; default: it asks for none.")] = None
    password_env: Annotated[SecretVariable | None, Field(description="Environment variable with the password.")] = None
    password_file: Annotated[SecretFile | None, Field(description="File that holds the password.")] = None
    ca_file: Annotated[
        ExistingFile | None, Field(description="PEM file of the authority to trust instead of the system's.")
    ] = None
    client_certificate_file: Annotated[
        ExistingFile | None, Field(description="PEM file with our certificate and key, for mutual TLS.")
    ] = None
    plain: Annotated[bool, Field(description="Let nats:// go without encryption.")] = False

    def link(self, around: Surroundings) -> NatsLink:
        """With absolute paths and the password."""
        password = None
        if self.password_env is not None:
            password = from_environment(self.password_env, around.environ).reveal()
        elif self.password_file is not None:
            password = from_file(around.folder / self.password_file).reveal()
        return NatsLink(
            servers=tuple(self.servers),
            user=self.user,
            password=password,
            ca_file=around.path(self.ca_file),
            client_certificate=around.path(self.client_certificate_file),
        )


def nats_problems(raw: dict[str, Any], place: Place) -> Iterator[Problem]:
    """What is wrong with several keys of a NatsPart together."""
    passwords = [key for key in ("password_env", "password_file") if raw.get(key) is not None]
    if raw.get("user") is not None and len(passwords) != 1:
        yield Problem((*place, "user"), "give exactly one of password_env and password_file")
    if raw.get("user") is None and passwords:
        yield Problem((*place, passwords[0]), "a password needs a user")
    servers = raw.get("servers")
    for index, url in enumerate(servers if isinstance(servers, list) else []):
        if not (isinstance(url, str) and _readable(url)):
            continue
        if raw.get("plain") is not True:
            yield Problem(
                (*place, "servers", index), "nats:// is not encrypted: give tls://, or plain: true on purpose"
            )
        if passwords:
            said = "over nats:// everybody on the way could read the password: give tls://"
            yield Problem((*place, "servers", index), said)


def _readable(url: str) -> bool:
    """Whether it goes over a network without encryption."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "nats" and bool(parts.hostname) and not is_loopback(parts.hostname or "")
    except ValueError:
        return False  # told by the key's own check
