"""`vigilanza audit`: whether the audit chain is what was written, and a copy of it for others."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.cli.options import CONFIG, AuthorityOption, ConfigOption, KeyOption, LanguageOption

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def audit() -> None:
    """The audit chain: who did what, in an order that nobody can change unnoticed."""


@commands.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file of `audit export`; without it the database.")
    ] = None,
    key: KeyOption = None,
    tsa: AuthorityOption = None,
    language: LanguageOption = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Say in plain words whether every audit record is what was written, and none is missing, added or moved.

    A file is checked without configuration and database. Exit codes: 0 all holds, 1 something does not, 2 the key
    or certificate cannot be read, 75 the database is away, 78 wrong configuration.
    """
    from vigilanza.app.auditing import verify_audit
    from vigilanza.app.logs import silence_logs
    from vigilanza.cli.verdict import read_authority_option, read_key_option, tell
    from vigilanza.clock import SystemClock
    from vigilanza.config import load
    from vigilanza.store.auditexport import verify_export

    silence_logs()
    known, authority = read_key_option(key), read_authority_option(tsa)
    if file is not None:
        raise typer.Exit(tell(verify_export(file, key=known), language))
    settings = load(config, environ=os.environ)
    findings = verify_audit(settings, key=known, authority=authority, clock=SystemClock())
    raise typer.Exit(tell(findings, language))


@commands.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="File that gets the records; it must not exist.")],
    by: Annotated[str, typer.Option("--by", help="Name of the person who asks for it; audited.")],
    first: Annotated[int, typer.Option("--from", min=1, help="Number of the first record.")] = 1,
    config: ConfigOption = CONFIG,
) -> None:
    """Write the audit records into a signed file, which `vigilanza audit verify FILE` checks anywhere.

    Exit codes: 0 done, 1 the chain does not hold, 2 the file cannot be written, 75 the database is away, 78 wrong
    configuration.
    """
    from vigilanza.app.auditing import export_audit
    from vigilanza.app.logs import silence_logs
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    settings = load(config, environ=os.environ)
    try:
        count = export_audit(settings, out, first=first, by=by, clock=SystemClock())
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from error
    typer.echo(f"{count} records")
