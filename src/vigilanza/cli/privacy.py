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

    Exit codes: 0 done, 1 done, but keys of the configuration are still to be filled in, 2 the file cannot be written,
    78 wrong configuration.
    """
    from vigilanza.app.processing import missing, privacy_report
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    settings = load(config, environ=os.environ)
    text = privacy_report(settings, language=chosen_language(language), clock=SystemClock())
    if out is None:
        typer.echo(text, nl=False)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            typer.echo(f"--out: {out} cannot be written: {error.strerror}", err=True)
            raise typer.Exit(2) from error
    if gaps := missing(settings):
        typer.echo(f"still to be filled in: {', '.join(gaps)}", err=True)
        raise typer.Exit(1)
