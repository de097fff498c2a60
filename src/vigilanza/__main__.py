"""The command line: each command is thin and imports what it needs only when called."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.domain.errors import ConfigError, RecordingError, VigilanzaError

EXIT_CODES: dict[type[VigilanzaError], int] = {ConfigError: 78, RecordingError: 65}
"""As in sysexits.h: 78 the configuration, 65 the input data."""

# Tracebacks must not print local variables: one of them may be a secret.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def vigilanza() -> None:
    """Watches the sealed doors of empty flats and brings every alert to those who must act."""


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The configuration, e.g. config/cameras.yaml.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors instead.")] = False,
) -> None:
    """Say whether a configuration can be used (exit 0) or what is wrong with it (exit 78)."""
    from rich.console import Console

    from vigilanza.app import check as command

    if schema:
        raise typer.Exit(command.print_schema(console=Console()))
    if file is None:
        raise typer.BadParameter("name the configuration file", param_hint="FILE")
    raise typer.Exit(command.check(file, environ=os.environ, console=Console()))


def main() -> None:
    """Entry point of the `vigilanza` command; errors meant for people go to stderr without a traceback."""
    try:
        app()
    except tuple(EXIT_CODES) as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_CODES[type(error)])


if __name__ == "__main__":
    main()
