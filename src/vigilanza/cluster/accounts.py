"""The accounts of the NATS server at the centre, as its configuration says them.

Each site is an account of its own: it has no subject in common with another, and where answers go is its own matter. It
may say two things to the centre's account, each under its own name, and is told that they were kept. The centre's
account may say two things to it, which it may answer: how work orders stand, and that it asks for pictures.
"""

import re
from collections.abc import Iterator, Sequence

from vigilanza.domain.errors import ConfigError
from vigilanza.domain.message import dispatches, instructions, pictures, pulses

CENTRE = "CENTRE"


def accounts(sites: Sequence[str]) -> str:
    """For `include` in nats-server.conf; passwords are taken from the server's environment. ConfigError if two sites
    would have the same variable.
    """
    names = {site: _name(site) for site in sites}
    if len(set(names.values())) < len(names):
        raise ConfigError("two sites differ by a punctuation mark only: give one of them another id")
    lines = [
        "# Made by `vigilanza centre nats-config`. Passwords are variables of the server's environment; let each begin",
        "# with a letter: NATS takes what begins with a digit for a number.",
        "accounts {",
        f"  {CENTRE} {{",
        "    jetstream: enabled",
        '    users: [ { user: "centre", password: $CENTRE_PASSWORD } ]',
        "    exports: [",
        *(f"      {line}" for site, name in names.items() for line in _exports(site, name)),
        "    ]",
        "    imports: [",
        *(
            f'      {{ service: {{ account: {name}, subject: "{subject}" }} }}'
            for site, name in names.items()
            for subject in _heard(site)
        ),
        "    ]",
        "  }",
        *(line for site, name in names.items() for line in _account(site, name)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _exports(site: str, name: str) -> Iterator[str]:
    for subject in (dispatches(site), pulses(site)):
        yield f'{{ service: "{subject}", accounts: ["{name}"] }}'


def _account(site: str, name: str) -> Iterator[str]:
    subjects = (dispatches(site), pulses(site))
    said = ", ".join(f'"{subject}"' for subject in subjects)
    heard = ", ".join(f'"{subject}"' for subject in _heard(site))
    yield f"  {name} {{"
    yield f'    users: [ {{ user: "{site}", password: ${name}_PASSWORD, permissions: {{'
    yield f'      publish: [{said}], subscribe: ["_INBOX.>", {heard}], allow_responses: true'
    yield "    } } ]"
    yield "    exports: ["
    for subject in _heard(site):
        yield f'      {{ service: "{subject}", accounts: ["{CENTRE}"] }}'
    yield "    ]"
    yield "    imports: ["
    for subject in subjects:
        yield f'      {{ service: {{ account: {CENTRE}, subject: "{subject}" }} }}'
    yield "    ]"
    yield "  }"


def _heard(site: str) -> tuple[str, str]:
    return instructions(site), pictures(site)


def _name(site: str) -> str:
    return "SITE_" + re.sub(r"[^A-Za-z0-9]", "_", site).upper()
