"""How both ends of a line know each other: by certificates, and by a user and password where one is asked for."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.config.fields import ExistingFile, SecretFile, SecretVariable, Surroundings, Text
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import Secret, from_environment, from_file


class TrustPart(BaseModel):
    """Whose certificate counts, and ours."""

    model_config = STRICT

    ca_file: Annotated[
        ExistingFile | None, Field(description="PEM file of the authority to trust instead of the system's.")
    ] = None
    client_certificate_file: Annotated[
        ExistingFile | None, Field(description="PEM file with our certificate and key, for mutual TLS.")
    ] = None


class SignInPart(TrustPart):
    """Who we are there, too."""

    user: Annotated[Text | None, Field(description="User name there; default: it asks for none.")] = None
    password_env: Annotated[SecretVariable | None, Field(description="Environment variable with the password.")] = None
    password_file: Annotated[SecretFile | None, Field(description="File that holds the password.")] = None

    def password(self, around: Surroundings) -> Secret | None:
        """None where there is none. ValueError if it cannot be read."""
        if self.password_env is not None:
            return from_environment(self.password_env, around.environ)
        return None if self.password_file is None else from_file(around.folder / self.password_file)


def passwords_of(raw: dict[str, Any]) -> list[str]:
    """The keys of a SignInPart that name one."""
    return [key for key in ("password_env", "password_file") if raw.get(key) is not None]


def sign_in_problems(raw: dict[str, Any], place: Place) -> Iterator[Problem]:
    """What is wrong with the keys of a SignInPart together."""
    passwords = passwords_of(raw)
    if raw.get("user") is not None and len(passwords) != 1:
        yield Problem((*place, "user"), "give exactly one of password_env and password_file")
    if raw.get("user") is None and passwords:
        yield Problem((*place, passwords[0]), "a password needs a user")
