"""`vigilanza centre`: the centre of many sites."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.cli.options import CONFIG, AcceptedOption, ConfigOption, DefaultsOption

commands = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False)


@commands.callback()
def centre(context: typer.Context, config: ConfigOption = CONFIG, accepted: AcceptedOption = None) -> None:
    """Take what the sites of `centre.sites` send, until Ctrl-C or SIGTERM. Needs web and relay beside it.

    vigilanza run starts all three. A site sends by a destination with `channel: centre`. Each message is signed; what
    is not genuine is kept apart.
    """
    if context.invoked_subcommand is not None:
        return
    from vigilanza.app.centre import centre as work
    from vigilanza.cli.box import run_configured

    run_configured("centre", config, accepted, work)


@commands.command()
def status(
    config: ConfigOption = CONFIG,
    rolled_out: Annotated[
        Path | None, typer.Option(help="Folder of `rollout`: tell, too, which site runs another configuration.")
    ] = None,
) -> None:
    """How the sites are: last heard, lag, what is missing or refused. Exit code 1 if somebody should look at one."""
    from rich.console import Console

    from vigilanza.app.centre import centre_status
    from vigilanza.app.rollout import rolled_out as editions
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    wanted = {} if rolled_out is None else editions(rolled_out)
    settings = load(config, environ=os.environ)
    raise typer.Exit(centre_status(settings, wanted=wanted, clock=SystemClock(), console=Console()))


@commands.command()
def rollout(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The configuration of each site.")],
    into: Annotated[Path, typer.Option(help="Folder for the whole files, one for each site: SITE.yaml.")],
    defaults: DefaultsOption = None,
) -> None:
    """Check the configurations of many sites, and write out what each is to run: all of them, or none (exit code 78).

    Bring each file to its site: it takes it over by itself once it found it good. `status --rolled-out` tells who has.
    """
    from rich.console import Console

    from vigilanza.app.rollout import roll_out

    raise typer.Exit(roll_out(files, defaults=defaults, into=into, console=Console()))


@commands.command()
def quarantine(
    config: ConfigOption = CONFIG,
    again: bool = typer.Option(False, "--again", help="Judge all of them once more, after the cause was put right."),
) -> None:
    """What was not taken, and why. Exit code 1 if there is something."""
    from rich.console import Console

    from vigilanza.app.quarantine import show_quarantine
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    settings = load(config, environ=os.environ)
    raise typer.Exit(show_quarantine(settings, again=again, clock=SystemClock(), console=Console()))


@commands.command("nats-config")
def nats_config(config: ConfigOption = CONFIG) -> None:
    """Print the accounts of a NATS server at the centre: a site may say its own things there, and hear its orders."""
    from vigilanza.app.centre import settings_of
    from vigilanza.cluster.accounts import accounts
    from vigilanza.config import load

    sites = [one.id for one in settings_of(load(config, environ=os.environ)).sites]
    typer.echo(accounts(sites), nl=False)
