"""What all servers of ours have in the configuration: a certificate, and accounts that may ask."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.config.fields import Identifier, SecretFile, SecretVariable, Surroundings
from vigilanza.config.part import STRICT
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import Secret, from_environment, from_file


class AccountPart(BaseModel):
    """One that may ask; exactly one of password_env and password_file."""

    model_config = STRICT

    name: Annotated[Identifier, Field(description="User name, as the VMS gives it.")]
    password_env: Annotated[SecretVariable | None, Field(description="Environment variable with the password.")] = None
    password_file: Annotated[SecretFile | None, Field(description="File that holds the password.")] = None

    def password(self, around: Surroundings) -> Secret:
        """ValueError says how to give it, if it is not there."""
        if self.password_env is not None:
            return from_environment(self.password_env, around.environ)
        return from_file(around.folder / str(self.password_file))


def crosscheck_served(
    raw: dict[str, Any], place: Place, *, plain: str, inherited: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Problem]:
    """What is wrong between the keys of one server; `plain` is the key that asks for no encryption.

    `inherited`: the server whose certificate is meant if none is given.
    """
    given = [key for key in ("certificate_file", "key_file") if raw.get(key)]
    if not given and raw.get(plain) is not True:
        given = [key for key in ("certificate_file", "key_file") if inherited.get(key)]
    if raw.get(plain) is True and given:
        yield Problem((*place, given[0]), f"counts for {plain.removeprefix('plain_').upper()}S only: leave out {plain}")
    if raw.get(plain) is not True and len(given) != 2:
        yield Problem(place, f"give certificate_file and key_file (or {plain}: true, which encrypts nothing)")
    seen: set[str] = set()
    accounts = raw.get("accounts")
    for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
        if not isinstance(account, dict):
            continue
        here: Place = (*place, "accounts", index)
        if sum(account.get(key) is not None for key in ("password_env", "password_file")) != 1:
            yield Problem(here, "give exactly one of password_env and password_file")
        if str(account.get("name")) in seen:
            yield Problem((*here, "name"), "is already the name of another account")
        seen.add(str(account.get("name")))
