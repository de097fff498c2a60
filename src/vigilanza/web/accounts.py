"""/api/accounts: who may sign in, and what they may do."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.role import Permission, Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.roster import Roster
from vigilanza.store.tokens import ApiTokens
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain

Roles = Annotated[set[Role], Field(max_length=len(Role))]
Name = Annotated[str, Plain]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000), Field(repr=False)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(_Body):
    """An account for one person."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    password: Secret
    roles: Roles


class RoleChange(_Body):
    """Roles to be given and to be taken."""

    add: Roles = set()  # pydantic copies defaults
    remove: Roles = set()


class NewPassword(_Body):
    """Instead of the old one."""

    password: Secret


class AccountRoutes:
    """Every act is audited by the store in the transaction that does it, and ends the account's sessions."""

    def __init__(self, *, accounts: Accounts, roster: Roster, tokens: ApiTokens) -> None:
        self._accounts, self._roster, self._tokens = accounts, roster, tokens

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/accounts", tags=["accounts"], dependencies=[needs(Permission.MANAGE_ACCOUNTS)])
        router.get("")(self.listed)
        router.post("")(self.add)
        router.post("/{name}/roles")(self.change)
        router.post("/{name}/password")(self.set_password)
        router.post("/{name}/close")(self.close)
        return router

    def listed(self) -> dict[str, Any]:
        """Accounts with their roles, and the tokens that are good; no secrets."""
        accounts = [
            {
                "name": member.name,
                "roles": sorted(member.roles),
                "totp": member.code,
                "closed": member.closed,
                "created_at": member.created_at,
            }
            for member in self._roster.members()
        ]
        tokens = [
            {
                "name": token.name,
                "issued_by": token.issued_by,
                "issued_at": token.issued_at,
                "expires_at": token.expires_at,
            }
            for token in self._tokens.good()
        ]
        return {"accounts": accounts, "tokens": tokens}

    def add(self, body: NewAccount, operator: Operator) -> dict[str, Any]:
        """Make an account. Audited."""
        self._accounts.create(body.name, body.password, roles=body.roles, by=operator)
        return {"name": body.name, "roles": sorted(body.roles)}

    def change(self, name: Name, body: RoleChange, operator: Operator) -> dict[str, Any]:
        """Give or take roles; one role stays, and somebody is supervisor. Audited."""
        roles = self._roster.change(name, by=operator, add=body.add, remove=body.remove)
        return {"name": name, "roles": sorted(roles)}

    def set_password(self, name: Name, body: NewPassword, operator: Operator) -> dict[str, Any]:
        """Give another password, also to open what was closed. Audited."""
        self._accounts.set_password(name, body.password, by=operator)
        return {"name": name}

    def close(self, name: Name, operator: Operator) -> dict[str, Any]:
        """Nobody signs in under this name any more; somebody stays supervisor. Audited."""
        self._roster.close(name, by=operator)
        return {"name": name}
