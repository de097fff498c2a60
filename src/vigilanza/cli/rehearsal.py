"""Trying things out without cameras: simulate and demo."""

import os
import threading
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command()
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


@commands.command()
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
