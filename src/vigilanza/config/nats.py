"""The keys that say where NATS is and how one gets in; part of whatever goes by way of it."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from vigilanza.cluster.link import NatsLink
from vigilanza.config.fields import Surroundings, is_loopback, split_url
from vigilanza.config.problem import Place, Problem
from vigilanza.config.signin import SignInPart, passwords_of, sign_in_problems


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


class NatsPart(SignInPart):
    """A cluster of NATS servers."""

    servers: Annotated[list[ServerUrl], Field(min_length=1, description="tls://HOST:PORT of each, tried in turn.")]
    plain: Annotated[bool, Field(description="Let nats:// go without encryption.")] = False

    def link(self, around: Surroundings) -> NatsLink:
        """With absolute paths and the password."""
        password = self.password(around)
        return NatsLink(
            servers=tuple(self.servers),
            user=self.user,
            password=None if password is None else password.reveal(),
            ca_file=around.path(self.ca_file),
            client_certificate=around.path(self.client_certificate_file),
        )


def nats_problems(raw: dict[str, Any], place: Place) -> Iterator[Problem]:
    """What is wrong with several keys of a NatsPart together."""
    yield from sign_in_problems(raw, place)
    servers = raw.get("servers")
    for index, url in enumerate(servers if isinstance(servers, list) else []):
        if not (isinstance(url, str) and _readable(url)):
            continue
        if raw.get("plain") is not True:
            yield Problem(
                (*place, "servers", index), "nats:// is not encrypted: give tls://, or plain: true on purpose"
            )
        if passwords_of(raw):
            said = "over nats:// everybody on the way could read the password: give tls://"
            yield Problem((*place, "servers", index), said)


def _readable(url: str) -> bool:
    """Whether it goes over a network without encryption."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "nats" and bool(parts.hostname) and not is_loopback(parts.hostname or "")
    except ValueError:
        return False  # told by the key's own check
