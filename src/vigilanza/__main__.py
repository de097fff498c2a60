"""The `vigilanza` command: its groups of commands, and what errors look like to people."""

import sys

import typer

from vigilanza.cli import box, recordings, rehearsal, workorder
from vigilanza.domain.errors import ConfigError, JournalUnavailable, RecordingError, VigilanzaError

EXIT_CODES: dict[type[VigilanzaError], int] = {ConfigError: 78, RecordingError: 65, JournalUnavailable: 75}
"""As in sysexits.h: 78 the configuration, 65 the input data, 75 try again later."""

# Tracebacks must not print local variables: one of them may be a secret.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
for group in (box, recordings, rehearsal):
    app.add_typer(group.commands)
app.add_typer(workorder.commands, name="workorder")


@app.callback()
def vigilanza() -> None:
    """Watches the sealed doors of empty flats and brings every alert to those who must act.

    To see it: demo. To set it up: copy config/cameras.yaml, adapt it, check it, run it. Exit codes: 0 done, 1 a
    requirement not met, 2 wrong use, 65 unreadable recording, 70 a part kept failing, 75 the database is away, 78 wrong
    configuration.
    """


def main() -> None:
    """Entry point of the `vigilanza` command; errors meant for people go to stderr without a traceback."""
    try:
        app()
    except VigilanzaError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_CODES.get(type(error), 1))


if __name__ == "__main__":
    main()
