"""`vigilanza bridge`: what an integrator needs to know of the ways to the other parties."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.cli.options import CONFIG, ConfigOption

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def bridge() -> None:
    """The ways to the other parties: how they are, and a test through the whole chain."""


@commands.command("test")
def try_(
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Its id in the configuration.")],
    by: Annotated[str, typer.Option("--by", help="Name of the person who asks for it; audited.")],
    patience: Annotated[float, typer.Option("--wait", min=1, max=600, help="Seconds to wait for the receipt.")] = 60.0,
    config: ConfigOption = CONFIG,
) -> None:
    """Send a marked test, on which nobody acts, and print each step. The relay must be running.

    Exit codes: 0 it has a receipt, 1 it was refused or has none yet (it stays owed, as an alert would).
    """
    from rich.console import Console

    from vigilanza.app.linetest import try_line
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.safeguards import counting
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    clock = SystemClock()
    settings = counting(load(config, environ=os.environ), environ=os.environ, clock=clock)
    raise typer.Exit(try_line(settings, destination, by=by, patience=patience, clock=clock, console=Console()))


@commands.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per destination.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Show each destination: its line, what it is owed, its certificate, its last receipt.

    Exit codes: 0 all is well, 1 somebody should look at one.
    """
    from rich.console import Console

    from vigilanza.app.linestatus import line_status
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.safeguards import counting
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    clock = SystemClock()
    settings = counting(load(config, environ=os.environ), environ=os.environ, clock=clock)
    raise typer.Exit(line_status(settings, clock=clock, console=Console(), as_json=as_json))


@commands.command()
def openapi() -> None:
    """Print the control room's API as OpenAPI 3.1 (docs/openapi.json)."""
    from vigilanza.app.apidescription import describe_api
    from vigilanza.clock import SystemClock

    typer.echo(describe_api(clock=SystemClock()), nl=False)


@commands.command()
def asyncapi(
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file instead of printing it.")] = None,
) -> None:
    """Print every message that is sent by MQTT and webhook as AsyncAPI 3.0 (docs/asyncapi.yaml)."""
    from vigilanza.lab.asyncapi import asyncapi_text

    text = asyncapi_text()
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
