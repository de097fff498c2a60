"""Somebody whom another office vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vigilanza.domain.errors import VigilanzaError
from vigilanza.domain.role import Role


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """How an identity provider is asked. `issuer` as it spells itself; `label` is on the page's button; `roles` by the
    values of `roles_claim`; `ca_file` None: the authorities of this machine.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str
    label: str
    name_claim: str
    roles_claim: str
    roles: Mapping[str, Role]
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """`subject` is theirs for ever at that `issuer`, `name` what it calls them, `roles` those they have here."""

    issuer: str
    subject: str
    name: str
    roles: frozenset[Role]


class IdentityRefused(VigilanzaError):
    """Nobody was signed in through the provider; `code` says why, in one word, to programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
