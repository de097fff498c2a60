"""Who is asking."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from vigilanza.domain.role import PERMISSIONS, Permission, Role

NAME = re.compile(r"[\w.@-]{1,64}")
"""What an operator or a token may be called."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signed in, or a token; `name` is what the audit chain calls them."""

    name: str
    roles: frozenset[Role]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What any of the roles may."""
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        """True if one of the roles may."""
        return permission in self.permissions


def who_may(permission: Permission) -> Collection[Role]:
    """The roles that may, in the order of the enum."""
    return [role for role in Role if permission in PERMISSIONS[role]]
