"""Trying things out without cameras: simulate, demo and exercise."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()

FACTORS = (1.0, 10.0, 100.0, 200.0, 400.0, 800.0, 1600.0)


Streams = Annotated[
    list[str] | None, typer.Argument(help="/PATH=FILE, e.g. /b3/main=clip.mp4; one or more, all of one camera.")
]
Scene = Annotated[Path | None, typer.Option(help="YAML with many cameras and what happens to them: config/scene.yaml.")]
City = Annotated[bool, typer.Option("--city", help="Measure a centre of many sites instead: docs/sizing.md.")]
Sites = Annotated[int, typer.Option(min=1, max=5000, help="With --city: how many.")]
Doors = Annotated[int, typer.Option(min=1, max=64, help="With --city: of each site.")]
Times = Annotated[
    list[float] | None, typer.Option(min=0.01, help="With --city: times the busiest hour's events; repeatable.")
]
Seconds = Annotated[float, typer.Option(min=4.0, help="With --city: how long each rate is measured at least.")]
Seed = Annotated[int, typer.Option(help="With --city: the same gives the same events.")]
Written = Annotated[
    Path | None, typer.Option(help="With --city: file for the tables, between its marks; the curve goes beside it.")
]


_OF_CITY = ("sites", "doors", "times", "seconds", "seed", "markdown")
_OF_CAMERAS = ("host", "port", "user")


@commands.command()
def simulate(
    context: typer.Context,
    streams: Streams = None,
    scene: Scene = None,
    port: Annotated[int, typer.Option(help="TCP port, 0 for any free one.")] = 8554,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    user: Annotated[str | None, typer.Option(help="Ask for this user and the password in $SIMULATE_PASSWORD.")] = None,
    city: City = False,
    sites: Sites = 1000,
    doors: Doors = 12,
    times: Times = None,
    seconds: Seconds = 60.0,
    seed: Seed = 1,
    markdown: Written = None,
) -> None:
    """Play recordings as RTSP cameras, again and again and in real time, until Ctrl-C or SIGTERM.

    Either the streams of one camera, or --scene with its own addresses, users and faults. Or --city: simulated sites
    send events through a NATS server to a centre with PostgreSQL and a page, all started here. It ends by itself, with
    exit code 1 if an event was lost, doubled or came out of order.
    """
    if sum(map(bool, (streams, scene, city))) != 1:
        raise typer.BadParameter("give either streams, /PATH=FILE, or --scene FILE, or --city")
    _refuse_what_means_nothing(context, city=city)
    if city:
        raise typer.Exit(_city(sites, doors, times or FACTORS, seconds=seconds, seed=seed, written=markdown))
    from functools import partial

    from vigilanza.app.part import run_part
    from vigilanza.app.simulate import rehearse
    from vigilanza.app.simulate import simulate as command
    from vigilanza.clock import SystemClock

    clock, show = SystemClock(), partial(print, flush=True)
    password = os.environ.get("SIMULATE_PASSWORD") if user else None

    def play(stop: threading.Event) -> int:
        if scene is not None:
            return rehearse(scene, environ=os.environ, clock=clock, show=show, stop=stop)
        return command(
            streams or [], host=host, port=port, user=user, password=password, clock=clock, show=show, stop=stop
        )

    raise typer.Exit(run_part("simulate", play))


def _refuse_what_means_nothing(context: typer.Context, *, city: bool) -> None:
    for name in _OF_CAMERAS if city else _OF_CITY:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"does not go {'with' if city else 'without'} --city", param_hint=f"--{name}")


def _city(sites: int, doors: int, factors: Sequence[float], *, seconds: float, seed: int, written: Path | None) -> int:
    from functools import partial

    from vigilanza.app.citysim import simulate_city
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock
    from vigilanza.lab.sites.town import Town

    town, clock, show = Town(sites, doors), SystemClock(), partial(print, flush=True)
    how = partial(simulate_city, town, factors, seconds=seconds, seed=seed, written=written, clock=clock, show=show)
    return run_part("simulate", lambda stop: how(stop=stop))


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


@commands.command()
def exercise(
    clips: Annotated[Path, typer.Option(help="Folder with recordings and their truth files.")] = Path(
        "tests/fixtures/videos"
    ),
    port: Annotated[int, typer.Option(help="TCP port of the page, 0 for any free one.")] = 8090,
) -> None:
    """Practise as an operator: at most 8 recordings are played as cameras, and each decision is told right or wrong.

    The page says EXERCISE everywhere. Nobody can be told of anything, and nothing is kept: the database is in a
    temporary folder that goes with it. The last line is the score as JSON. Exit code 65 for a wrong recording.
    """
    from functools import partial
    from random import SystemRandom

    from vigilanza.app.exercise import Practice
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock

    show = partial(print, flush=True)
    practice = Practice(clips=clips, port=port, clock=SystemClock(), random=SystemRandom(), show=show)
    raise typer.Exit(run_part("exercise", practice.run))
