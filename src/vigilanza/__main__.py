"""The `vigilanza` command: its groups of commands, and what errors look like to people."""

import os
import sys
from typing import Annotated

import typer

from vigilanza import __version__
from vigilanza.cli import (
    audit,
    bench,
    box,
    bridge,
    cameras,
    centre,
    drill,
    evidence,
    lab,
    operator,
    privacy,
    recordings,
    rehearsal,
    safeguards,
    workorder,
)
from vigilanza.domain.errors import (
    ConfigError,
    JournalUnavailable,
    RecordingError,
    SourceRefused,
    SourceUnavailable,
    VigilanzaError,
)

EXIT_CODES: dict[type[VigilanzaError], int] = {
    ConfigError: 78,
    RecordingError: 65,
    SourceUnavailable: 69,
    JournalUnavailable: 75,
    SourceRefused: 77,
}
"""As in sysexits.h: 65 the input data, 69 a host away, 75 try again later, 77 no permission, 78 the configuration."""

OURS_ALONE = 0o077
"""What we write no other account of the machine reads: pictures, the database, what doors look like, exports."""

# Tracebacks must not print local variables: one of them may be a secret.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
for group in (box, cameras, recordings, rehearsal, bench, drill):
    app.add_typer(group.commands)
app.add_typer(workorder.commands, name="workorder")
app.add_typer(audit.commands, name="audit")
app.add_typer(evidence.commands, name="evidence")
app.add_typer(safeguards.commands, name="safeguards")
app.add_typer(privacy.commands, name="privacy")
app.add_typer(bridge.commands, name="bridge")
app.add_typer(centre.commands, name="centre")
app.add_typer(operator.commands, name="operator")
app.add_typer(lab.commands, name="lab")


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def vigilanza(
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version, and no more.")
    ] = False,
) -> None:
    """Watches the sealed doors of empty flats and brings every alert to those who must act.

    To see it: demo. To set it up: discover and probe the cameras, copy config/cameras.yaml, adapt it, check it, run it.
    Exit codes: 0 done, 1 a requirement not met, 2 wrong use, 65 unreadable recording, 69 the camera is away, 70 a part
    kept failing, 75 the database is away, 77 the camera refuses, 78 wrong configuration.
    """


def main() -> None:
    """Entry point of the `vigilanza` command; errors meant for people go to stderr without a traceback."""
    before = os.umask(OURS_ALONE)
    try:
        app()
    except VigilanzaError as error:
        print(error, file=sys.stderr)
        sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))
    finally:
        os.umask(before)


if __name__ == "__main__":
    main()
