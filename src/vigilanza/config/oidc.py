"""Who else may say who is signing in: an identity provider, by OpenID Connect."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from vigilanza.config.fields import ExistingFile, SecretFile, SecretVariable, Surroundings, Text, is_loopback, split_url
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Problem
from vigilanza.config.secret import from_environment, from_file
from vigilanza.domain.identity import ProviderTerms
from vigilanza.domain.role import Role

PersonRole: TypeAlias = Literal["operator", "supervisor", "technician", "dpo", "auditor"]
CALLBACK = "/api/oidc/callback"


def _url(value: str) -> str:
    parts = split_url(value)
    if parts.query or parts.fragment:
        raise ValueError("an address without query and fragment")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return value
    raise ValueError("https:// is needed: who is on the way could sign in as anybody")


def _redirect_url(value: str) -> str:
    if urlsplit(_url(value)).path != CALLBACK:
        raise ValueError(f"ends with {CALLBACK}, after the host at which browsers find this page")
    return value


class OidcPart(BaseModel):
    """Lets people sign in with the account that they have elsewhere."""

    model_config = STRICT

    issuer: Annotated[str, AfterValidator(_url), Field(description="The provider's address, as it spells it itself.")]
    client_id: Annotated[Text, Field(description="What the provider calls this program.")]
    client_secret_env: Annotated[SecretVariable | None, Field(description="Variable with the secret it gave.")] = None
    client_secret_file: Annotated[SecretFile | None, Field(description="File that holds it.")] = None
    redirect_url: Annotated[
        str, AfterValidator(_redirect_url), Field(description="Where browsers come back to, as registered there.")
    ]
    label: Annotated[Text, Field(description="What the button on the page calls the provider.")]
    name_claim: Annotated[Text, Field(description="Claim that becomes the account's name.")] = "preferred_username"
    roles_claim: Annotated[Text, Field(description="Claim, text or list, that says what they are.")] = "groups"
    roles: Annotated[
        dict[str, PersonRole],
        Field(min_length=1, description="Role by value of that claim; without one nobody enters."),
    ]
    ca_file: Annotated[
        ExistingFile | None, Field(description="PEM of the provider's authority; default: those of this machine.")
    ] = None

    def settings(self, around: Surroundings) -> ProviderTerms:
        """With absolute paths and secrets resolved; the document has passed every check."""
        variable, file = self.client_secret_env, self.client_secret_file
        secret = (
            from_file(around.folder / str(file)) if variable is None else from_environment(variable, around.environ)
        )
        return ProviderTerms(
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret=secret.reveal(),
            redirect_url=self.redirect_url,
            label=self.label,
            name_claim=self.name_claim,
            roles_claim=self.roles_claim,
            roles={value: Role(role) for value, role in self.roles.items()},
            ca_file=around.path(self.ca_file),
        )


def crosscheck_oidc(web: dict[str, Any]) -> Iterator[Problem]:
    """Exactly one secret."""
    oidc = web.get("oidc")
    if isinstance(oidc, dict):
        keys = [key for key in ("client_secret_env", "client_secret_file") if oidc.get(key) is not None]
        if len(keys) != 1:
            yield Problem(("web", "oidc"), "needs exactly one of client_secret_env and client_secret_file")
