"""`vigilanza operator`: who may sign in at the control room, with which roles, and tokens for programs of others."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigilanza.cli.options import CONFIG, ConfigOption
from vigilanza.domain.errors import AccountRefused, UnknownRecord
from vigilanza.domain.role import Role

if TYPE_CHECKING:
    from vigilanza.app.staff import StaffDesk

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

_NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the account or token is called.")]


@commands.callback()
def operator() -> None:
    """Accounts of the control room and tokens for programs of others, on the database of the running parts.

    Every change is audited in the name of who is signed in on this machine, and ends the account's sessions. Exit
    codes: 0 done, 2 it cannot be done so, 75 the database is away, 78 wrong configuration.
    """


@commands.command()
def add(
    name: _NameArgument,
    role: Annotated[list[Role], typer.Option("--role", help="What the person does; several times for several.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Make an account for one person; asks for the password, twice."""
    with _desk(config) as desk:
        desk.add(name, _ask_password(), set(role))


@commands.command("role")
def role_(
    name: _NameArgument,
    add: Annotated[list[Role], typer.Option("--add", help="A role to be given.")] = [],  # noqa: B006 - typer's way
    remove: Annotated[list[Role], typer.Option("--remove", help="A role to be taken.")] = [],  # noqa: B006
    config: ConfigOption = CONFIG,
) -> None:
    """Give an account roles or take them; prints those it has from now on."""
    if not add and not remove:
        raise typer.BadParameter("name a role", param_hint="--add or --remove")
    with _desk(config) as desk:
        typer.echo(", ".join(sorted(desk.change(name, add=set(add), remove=set(remove)))))


@commands.command()
def password(name: _NameArgument, config: ConfigOption = CONFIG) -> None:
    """Give an account another password; asks for it, twice."""
    with _desk(config) as desk:
        desk.set_password(name, _ask_password())


@commands.command()
def close(name: _NameArgument, config: ConfigOption = CONFIG) -> None:
    """Let nobody sign in under this name any more; a password given later opens it again."""
    with _desk(config) as desk:
        desk.close(name)


@commands.command()
def totp(
    name: _NameArgument,
    remove: Annotated[bool, typer.Option("--remove", help="Without one-time codes again.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Set up one-time codes for an account: prints, once, what its person's authenticator app reads."""
    from vigilanza.app.staff import draw_code

    with _desk(config) as desk:
        if remove:
            desk.remove_codes(name)
            return
        address = desk.enrol(name)
        for line in draw_code(address):
            typer.secho(line, fg="bright_white", bg="black")
        typer.echo(address)


@commands.command()
def token(
    name: _NameArgument,
    days: Annotated[int, typer.Option("--days", help="Days it is good for, at most 730.")] = 365,
    revoke: Annotated[bool, typer.Option("--revoke", help="End every token of this name instead.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Issue a token for a program that reads incidents and deliveries: prints it once, it is kept as a hash only."""
    with _desk(config) as desk:
        if revoke:
            desk.revoke(name)
        else:
            typer.echo(desk.issue(name, days))


@commands.command("list")
def list_(config: ConfigOption = CONFIG) -> None:
    """Show accounts with their roles, and the tokens that are good."""
    with _desk(config) as desk:
        for line in desk.tell():
            typer.echo(line)


@commands.command()
def roles() -> None:
    """Print what each role may do, endpoint by endpoint, in Markdown: docs/roles.md."""
    from vigilanza.app.roletable import roles_text
    from vigilanza.clock import SystemClock

    typer.echo(roles_text(clock=SystemClock()), nl=False)


def _ask_password() -> str:
    """Not as an option: others on this machine could read it."""
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _user() -> str:
    """As the system knows the person, not as a variable says; a container may run under a number without a name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@contextmanager
def _desk(path: Path) -> "Iterator[StaffDesk]":
    """Where accounts are kept. What cannot be is said in one line that names the option: exit code 2."""
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.memory import open_memory
    from vigilanza.app.staff import StaffDesk
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    config, clock = load(path, environ=os.environ), SystemClock()
    memory = open_memory(config, clock=clock)
    try:
        yield StaffDesk(config=config, engine=memory.engine, clock=clock, user=_user())
    except AccountRefused as error:
        where = "NAME" if error.field == "name" else f"--{error.field}"
        typer.echo(f"{where}: {error}", err=True)
        raise typer.Exit(2) from error
    except UnknownRecord as error:
        typer.echo(f"NAME: {error}", err=True)
        raise typer.Exit(2) from error
    finally:
        memory.engine.dispose()
