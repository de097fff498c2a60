"""`vigilanza safeguards`: what of the configuration protects less than two persons agreed to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigilanza.cli.options import CONFIG, ConfigOption

if TYPE_CHECKING:
    from vigilanza.app.safeguards import SafeguardDesk

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def safeguards() -> None:
    """Masks, retention, sealed doors and destinations: what protects less counts once two persons agreed.

    The first start of a site takes its configuration for approved. Exit codes: 0 done, 1 something waits, 2 it cannot
    be done so, 75 the database is away, 78 wrong configuration.
    """


@commands.command()
def show(config: ConfigOption = CONFIG) -> None:
    """List what waits for a second person; exit code 1 if something does."""
    with _desk(config) as desk:
        standing = desk.standing()
        for weaker in standing.pending:
            typer.echo(weaker.words())
        if standing.ask is not None and standing.pending:
            typer.echo(f"asked for by {standing.ask.asked_by}: {standing.ask.reason}", err=True)
        raise typer.Exit(1 if standing.pending else 0)


@commands.command()
def approve(
    by: Annotated[str, typer.Option("--by", help="Name of the person who asks for it.")],
    approved_by: Annotated[str, typer.Option("--approved-by", help="Name of a second person, who approves it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may protect less.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Approve all that waits, in two persons' names; `vigilanza run` takes it over by itself."""
    from vigilanza.domain.errors import SafeguardRefused

    with _desk(config) as desk:
        pending = desk.standing().pending
        try:
            desk.approve(reason=reason, by=by, approved_by=approved_by)
        except SafeguardRefused as error:
            options = {"reason": "--reason", "asked_by": "--by", "by": "--approved-by"}
            typer.echo(f"{options.get(error.field, '--config')}: {error}", err=True)
            raise typer.Exit(2) from error
        for weaker in pending:
            typer.echo(weaker.words())
        typer.echo(
            "Approved. `vigilanza run` takes it over by itself; start again what was started part by part.", err=True
        )


@contextmanager
def _desk(path: Path) -> "Iterator[SafeguardDesk]":
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.safeguards import SafeguardDesk
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    desk = SafeguardDesk(load(path, environ=os.environ), clock=SystemClock())
    try:
        yield desk
    finally:
        desk.close()
