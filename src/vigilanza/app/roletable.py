"""docs/roles.md: who may do what, made from the table of permissions and from the routes of the app."""

from vigilanza.app.apidescription import empty_app
from vigilanza.clock import Clock
from vigilanza.domain.role import PERMISSIONS, Permission, Role
from vigilanza.web.permit import Asked, routes_of

_HEAD = """# Roles

Made by `vigilanza operator roles`; a test compares it with the program, another asks every cell of the last table over
a socket.

A person has one or more roles and may do what any of them may. Pictures are for those who decide about them and who
answer for it; the data protection officer, the auditor and the technician see what happened and what was done, without
pictures; the technician sees single stills where cameras are set up. A token is an integrator. An account from before
there were roles, and the first one of a site, is operator and supervisor.

"""
_MEANING = {
    Role.OPERATOR: "decides about incidents, telephones, keeps pictures by order",
    Role.SUPERVISOR: "answers for the room: accounts, work orders, what ends without a receipt, release of holds",
    Role.TECHNICIAN: "keeps cameras and lines running; no pictures but stills to draw doors and masks on",
    Role.DPO: "data protection officer: reads what was done, approves what protects less; no pictures",
    Role.AUDITOR: "reads what was done; no pictures",
    Role.INTEGRATOR: "a program of others, by token: reads incidents and their deliveries as JSON",
}


def roles_text(*, clock: Clock) -> str:
    """Markdown, the same at each call of one version."""
    with empty_app(clock=clock) as app:
        routes = routes_of(app)
    meanings = [f"| {role} | {_MEANING[role]} |" for role in Role]
    permissions = [
        _row(f"`{permission}`", [permission in PERMISSIONS[role] for role in Role]) for permission in Permission
    ]
    cells = [_row(f"`{route.method} {route.path}`", _may(route)) for route in routes]
    return _HEAD + "\n\n".join(
        (
            "\n".join(("| role | does |", "|---|---|", *meanings)),
            "\n".join((*_titles("permission"), *permissions)),
            "## Endpoints\n\nWithout a session or token only what is open to everybody answers; all else says 401. "
            "A role that may not is told 403 `forbidden`,\nwith the permission as `field`. From the machine itself "
            "`/metrics` is open to everybody.",
            "\n".join((*_titles("endpoint"), *cells)) + "\n",
        )
    )


def _titles(first: str) -> tuple[str, str]:
    return f"| {first} | {' | '.join(Role)} |", "|---" * (len(Role) + 1) + "|"


def _may(route: Asked) -> list[bool | str]:
    if not route.signed_in:
        return ["open"] * len(Role)
    return [route.permission is None or route.permission in PERMISSIONS[role] for role in Role]


def _row(first: str, cells: "list[bool] | list[bool | str]") -> str:
    return f"| {first} | {' | '.join(cell if isinstance(cell, str) else 'yes' if cell else '–' for cell in cells)} |"
