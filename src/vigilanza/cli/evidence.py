"""`vigilanza evidence`: seal an incident's evidence, and check a package anywhere."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from vigilanza.cli.options import CONFIG, AuthorityOption, ConfigOption, KeyOption, LanguageOption

if TYPE_CHECKING:
    from vigilanza.store.evidence.sealer import Sealed

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def evidence() -> None:
    """Packages of evidence that stand by themselves: sealed by two persons, checked by anybody."""


@commands.command()
def seal(
    incident: Annotated[UUID, typer.Argument(metavar="INCIDENT", help="Id of the incident.")],
    out: Annotated[Path, typer.Option("--out", help="Folder that gets the package.")],
    recipient: Annotated[str, typer.Option("--for", help="Who gets it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why: the order and its number.")],
    by: Annotated[str, typer.Option("--by", help="Name of the person who asks for it.")],
    granted_by: Annotated[str, typer.Option("--granted-by", help="Name of a second person, who grants it.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Seal an incident's pictures, records and history into one signed file; prints where it lies.

    It does not keep the pictures: for that place a hold. Exit codes: 0 done, 2 it cannot be done so, 75 the database
    is away, 78 wrong configuration.
    """
    from vigilanza.app.evidence import seal as work
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.safeguards import counting
    from vigilanza.clock import SystemClock
    from vigilanza.config import load
    from vigilanza.domain.errors import ExportRefused, UnknownRecord

    silence_logs()
    settings = counting(load(config, environ=os.environ), environ=os.environ, clock=SystemClock())
    try:
        sealed = work(
            settings,
            incident,
            out,
            recipient=recipient,
            reason=reason,
            asked_by=by,
            granted_by=granted_by,
            clock=SystemClock(),
        )
    except ExportRefused as error:
        options = {"recipient": "--for", "reason": "--reason", "asked_by": "--by", "by": "--granted-by"}
        typer.echo(f"{options.get(error.field, 'INCIDENT')}: {error}", err=True)
        raise typer.Exit(2) from error
    except (UnknownRecord, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    _say(sealed)


@commands.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The package.")],
    key: KeyOption = None,
    tsa: AuthorityOption = None,
    language: LanguageOption = None,
) -> None:
    """Say in plain words what of a package holds; needs nothing but the file, and the office's public key.

    Exit codes: 0 all holds, 1 something does not, 2 the key or certificate cannot be read.
    """
    from functools import partial

    from vigilanza.cli.verdict import read_authority_option, read_key_option, tell
    from vigilanza.store.evidence.stamp import check_stamp
    from vigilanza.store.evidence.verification import verify_package

    checked = partial(check_stamp, authority=read_authority_option(tsa))
    findings = verify_package(file, key=read_key_option(key), check_stamp=checked)
    raise typer.Exit(tell(findings, language))


def _say(sealed: "Sealed") -> None:
    """The path for scripts; what a person should know on standard error."""
    typer.echo(str(sealed.path))
    typer.echo(f"package {sealed.package.number}, SHA-256 {sealed.package.sha256}", err=True)
    if sealed.gone:
        typer.echo(f"pictures that are gone and only listed: {sealed.gone}", err=True)
    if sealed.unstamped is not None:
        typer.echo(f"without a time stamp: {sealed.unstamped}", err=True)
    if not sealed.is_held:
        typer.echo("no hold keeps this incident's pictures: place one on its page if they must stay", err=True)
