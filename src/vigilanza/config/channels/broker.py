"""An MQTT 5 broker, for every channel that goes through one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from vigilanza.config.channels.destination import DestinationPart, loopback_problem
from vigilanza.config.fields import Identifier, Surroundings, is_loopback, split_url
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import Secret
from vigilanza.config.signin import SignInPart, passwords_of, sign_in_problems

_URL = r"^mqtts?://[^@/?#]+/?$"


def _broker_url(value: str) -> str:
    parts = split_url(value)
    if parts.scheme.lower() not in ("mqtts", "mqtt"):
        raise ValueError("a broker is mqtts://HOST or mqtts://HOST:PORT")
    if not parts.hostname:
        raise ValueError("the URL names no host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a broker's URL ends with its host and port: topics are not part of it")
    return value


BrokerUrl: TypeAlias = Annotated[str, AfterValidator(_broker_url), Field(json_schema_extra={"pattern": _URL})]


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """Where the broker is and who we are there; `client_id` None: made of site and destination."""

    url: str
    client_id: str | None
    user: str | None
    password: Secret | None
    ca_file: Path | None
    client_certificate: Path | None
    allow_loopback: bool
    plain: bool


class BrokerPart(SignInPart, DestinationPart):
    """A destination behind a broker."""

    url: Annotated[BrokerUrl, Field(description="mqtts://HOST[:PORT], default port 8883.")]
    client_id: Annotated[
        Identifier | None, Field(description="Our name for the session; default vigilanza-SITE-DESTINATION.")
    ] = None
    plain: Annotated[bool, Field(description="Let mqtt:// go without encryption.")] = False
    allow_loopback: Annotated[bool, Field(description="Let the URL point to this machine (demo, tests).")] = False

    def broker(self, around: Surroundings) -> BrokerLink:
        """With absolute paths and the password."""
        return BrokerLink(
            url=self.url,
            client_id=self.client_id,
            user=self.user,
            password=self.password(around),
            ca_file=around.path(self.ca_file),
            client_certificate=around.path(self.client_certificate_file),
            allow_loopback=self.allow_loopback,
            plain=self.plain,
        )

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        yield from loopback_problem(raw, place)
        yield from sign_in_problems(raw, place)
        url = raw.get("url")
        if isinstance(url, str):
            yield from cls._way(raw, url, place, secret=bool(passwords_of(raw)))

    @classmethod
    def _way(cls, raw: dict[str, Any], url: str, place: Place, *, secret: bool) -> Iterator[Problem]:
        """What can be read on its way is sent so on purpose only, and never a password."""
        try:
            parts = urlsplit(url)
            host, scheme = parts.hostname, parts.scheme
        except ValueError:
            return  # told by the key's own check
        if scheme != "mqtt" or (host and is_loopback(host)):
            return
        if raw.get("plain") is not True:
            yield Problem((*place, "url"), "mqtt:// is not encrypted: give mqtts://, or plain: true on purpose")
        if secret:
            yield Problem((*place, "url"), "over mqtt:// everybody on the way could read the password: give mqtts://")
