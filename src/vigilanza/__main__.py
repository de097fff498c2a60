"""The command line: each command is thin and imports what it needs only when called."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.app.workorder import commands as workorder
from vigilanza.domain.errors import ConfigError, JournalUnavailable, RecordingError, VigilanzaError

EXIT_CODES: dict[type[VigilanzaError], int] = {ConfigError: 78, RecordingError: 65, JournalUnavailable: 75}
"""As in sysexits.h: 78 the configuration, 65 the input data, 75 try again later."""

# Tracebacks must not print local variables: one of them may be a secret.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.add_typer(workorder, name="workorder")


@app.callback()
def vigilanza() -> None:
    """Watches the sealed doors of empty flats and brings every alert to those who must act.

    To see it: demo. To set it up: copy config/cameras.yaml, adapt it, check it, run it. Exit codes: 0 done, 1 a
    requirement not met, 2 wrong use, 65 unreadable recording, 70 a part kept failing, 75 the database is away, 78 wrong
    configuration.
    """


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


ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration file; its secrets are in the environment.")
]
CONFIG = Path("config/cameras.yaml")


@app.command()
def run(config: ConfigOption = CONFIG) -> None:
    """Everything a single box needs: watch, relay and web together, until Ctrl-C or SIGTERM.

    A part that dies is started again; after 5 starts of watch within a minute all end with exit code 70.
    """
    from vigilanza.app.part import run_part
    from vigilanza.app.run import Supervisor
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    load(config, environ=os.environ)
    raise typer.Exit(run_part("run", Supervisor(config=config, clock=SystemClock()).run))


def _part(name: str, config: Path, work: Callable[..., int]) -> None:
    """Run one long-running part until SIGTERM or SIGINT."""
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    settings = load(config, environ=os.environ)
    raise typer.Exit(run_part(name, lambda stop: work(settings, clock=SystemClock(), stop=stop)))


@app.command()
def watch(config: ConfigOption = CONFIG) -> None:
    """Only the eyes: read the cameras, recognise, record. Needs relay and web beside it, on the same database."""
    from vigilanza.app.watch import watch as work

    _part("watch", config, work)


@app.command()
def relay(config: ConfigOption = CONFIG) -> None:
    """Only the voice: carry every alert to its destination until the receipt is there."""
    from vigilanza.app.relay import relay as work

    _part("relay", config, work)


@app.command()
def web(config: ConfigOption = CONFIG) -> None:
    """Only the face: the control room's page. At the first start its log shows the code to make an operator."""
    from vigilanza.app.web import web as work

    _part("web", config, work)


@app.command()
def replay(
    clip: Annotated[Path, typer.Argument(help="The recording: any file with H.264 or H.265 video.")],
    config: ConfigOption = CONFIG,
    camera: Annotated[
        str | None, typer.Option(help="Id of the camera whose doors apply; needed if there are several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per event instead of words.")] = False,
    order: Annotated[Path | None, typer.Option(help="JSON file with a work order: what it covers is info.")] = None,
    began: Annotated[
        str | None, typer.Option(help="ISO time at which the recording began, for orders with times by the clock.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say each second what kept it from rising.")] = False,
    annotate: Annotated[Path | None, typer.Option(help="Write a video with that drawn in, e.g. seen.mp4.")] = None,
) -> None:
    """Show what would have been raised on a recording, at full speed: no secret, database or network is needed.

    Exit code 65 if the recording cannot be read, or breaks off: what was found until there is shown.
    """
    from vigilanza.app.replay import replay as command

    if as_json and explain:
        raise typer.BadParameter("prints words, not JSON: leave out one of the two", param_hint="--explain")
    command(
        clip,
        config,
        camera=camera,
        as_json=as_json,
        show=print,
        explain=explain,
        annotate=annotate,
        order=order,
        began=began,
    )


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Recordings with truth files: NAME.mp4 and NAME.json.")],
    report: Annotated[Path | None, typer.Option(help="Folder to write index.html and evaluation.json into.")] = None,
    perturb: Annotated[bool, typer.Option("--perturb", help="Also play changed copies of all recordings.")] = False,
    perturbation: Annotated[list[str] | None, typer.Option(help="Only this change; may be repeated.")] = None,
    require: Annotated[
        list[str] | None, typer.Option(help="E.g. recall>=0.95; exit code 1 if not met; may be repeated.")
    ] = None,
    fps: Annotated[float | None, typer.Option(min=2, max=15, help="Pictures analysed per second (default 5).")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="Played at a time (default: one a core).")] = None,
    people: Annotated[
        str, typer.Option(help="Who finds people: movenet-onnx, movenet-openvino, ultralytics=FILE.")
    ] = "movenet-onnx",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Score the alarms on recordings whose truth is known; see docs/design/evaluation.md.

    Exit code 1 if a requirement is not met, 65 if a recording or truth file cannot be read.
    """
    from rich.console import Console

    from vigilanza.app import evaluate as command

    try:
        wanted = command.Wanted.parse(
            people=people, perturb=perturb, perturbations=perturbation or (), requirements=require or ()
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    raise typer.Exit(
        command.evaluate(
            folder,
            wanted,
            report=report,
            fps=fps,
            processes=processes or os.cpu_count() or 1,
            as_json=as_json,
            console=Console(),
            progress_on=Console(stderr=True),
        )
    )


@app.command()
def simulate(
    streams: Annotated[list[str], typer.Argument(help="/PATH=FILE, e.g. /b3/main=clip.mp4; one or more.")],
    port: Annotated[int, typer.Option(help="TCP port, 0 for any free one.")] = 8554,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    user: Annotated[str | None, typer.Option(help="Ask for this user and the password in $SIMULATE_PASSWORD.")] = None,
) -> None:
    """Play recordings as RTSP cameras, again and again and in real time, until Ctrl-C or SIGTERM."""
    from vigilanza.app.part import run_part
    from vigilanza.app.simulate import simulate as command
    from vigilanza.clock import SystemClock

    password = os.environ.get("SIMULATE_PASSWORD") if user else None
    raise typer.Exit(
        run_part(
            "simulate",
            lambda stop: command(
                streams, host=host, port=port, user=user, password=password, clock=SystemClock(), show=print, stop=stop
            ),
        )
    )


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when all was played once; the last line is JSON.")] = False,
    clips: Annotated[Path, typer.Option(help="Folder with the recordings.")] = Path("tests/fixtures/videos"),
    port: Annotated[
        int | None, typer.Option(help="TCP port of the page, 0 for any free one (default 8080; with --once any).")
    ] = None,
) -> None:
    """Play a break-in on three simulated cameras, through everything, to a stand-in municipality.

    Keeps nothing: its database and pictures are in a temporary folder that goes with it.
    """
    from functools import partial

    from vigilanza.app.demo import Demo
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock

    show = partial(print, flush=True)
    wanted = port if port is not None else 0 if once else 8080

    def play(stop: threading.Event) -> int:
        outcome = Demo(clips=clips, port=wanted, clock=SystemClock(), show=show).run(stop, once=once)
        if outcome is not None:
            show(outcome.line())
        return 0

    raise typer.Exit(run_part("demo", play))


def main() -> None:
    """Entry point of the `vigilanza` command; errors meant for people go to stderr without a traceback."""
    try:
        app()
    except VigilanzaError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_CODES.get(type(error), 1))


if __name__ == "__main__":
    main()
