"""`vigilanza privacy`: what the law wants written down about a site."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.cli.options import CONFIG, ConfigOption, LanguageOption, chosen_language

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def privacy() -> None:
    """What the law wants written down about a site, made from its configuration."""


@commands.command()
def report(
    out: Annotated[Path | None, typer.Option("--out", help="File that gets it (default: it is printed).")] = None,
    language: LanguageOption = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Register entry, facts for the impact assessment, text of the sign and full notice, as Markdown.

    They say what is in force; what waits for a second person is named. Exit codes: 0 done, 1 done, but keys of the
    configuration are still to be filled in, or something waits, 2 the file cannot be written, 75 the database is away,
    78 wrong configuration.
    """
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.processing import missing, privacy_report
    from vigilanza.app.safeguards import looked_at
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    clock = SystemClock()
    settings, waiting = looked_at(load(config, environ=os.environ), environ=os.environ, clock=clock)
    text = privacy_report(settings, waiting, language=chosen_language(language), clock=clock)
    if out is None:
        typer.echo(text, nl=False)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            typer.echo(f"--out: {out} cannot be written: {error.strerror}", err=True)
            raise typer.Exit(2) from error
    gaps = missing(settings)
    if gaps:
        typer.echo(f"still to be filled in: {', '.join(gaps)}", err=True)
    for weaker in waiting:
        typer.echo(f"waits for a second person, and is not in force: {weaker.words()}", err=True)
    if gaps or waiting:
        raise typer.Exit(1)
