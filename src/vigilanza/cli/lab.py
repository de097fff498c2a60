"""`vigilanza lab`: stand-ins for the world around, to try things on one machine."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.callback()
def lab() -> None:
    """Stand-ins for the world around, to try things on one machine. Never for production."""


@commands.command()
def city(
    folder: Annotated[Path, typer.Option("--folder", help="Gets certificates and destinations.yaml.")] = Path(
        "var/city"
    ),
    misbehave: Annotated[
        int | None, typer.Option("--misbehave", metavar="SEED", help="Answer wrongly now and then, by this seed.")
    ] = None,
) -> None:
    """Run a receiver for every channel on this machine, and print each alert that arrives; ends with Ctrl-C."""
    import threading

    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock
    from vigilanza.lab.drill.show import show_city

    def work(stop: threading.Event) -> int:
        show_city(folder.absolute(), seed=misbehave, clock=SystemClock(), stop=stop, say=typer.echo)
        return 0

    raise typer.Exit(run_part("city", work))
