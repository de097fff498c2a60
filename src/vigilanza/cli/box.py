"""What runs on a box: check, run, and its parts watch, relay, web and video."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vigilanza.cli.options import CONFIG, AcceptedOption, ConfigOption, DefaultsOption

if TYPE_CHECKING:
    from vigilanza.app.share import Share
    from vigilanza.config import Config

commands = typer.Typer()


@commands.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="The configuration, e.g. config/cameras.yaml.")
    ] = None,
    defaults: DefaultsOption = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors instead.")] = False,
) -> None:
    """Say whether a configuration can be used (exit 0) or what is wrong with it (exit 78).

    Of several, those of many sites, or with --defaults: without their secrets and files, which lie at the sites.
    """
    from rich.console import Console

    from vigilanza.app import check as command
    from vigilanza.app.rollout import check_all

    if schema:
        raise typer.Exit(command.print_schema(console=Console()))
    if not files:
        raise typer.BadParameter("name the configuration file", param_hint="FILE")
    if len(files) == 1 and defaults is None:
        raise typer.Exit(command.check(files[0], environ=os.environ, console=Console()))
    raise typer.Exit(check_all(files, defaults=defaults, console=Console()))


@commands.command()
def certificate(
    folder: Annotated[Path, typer.Argument(help="Where authority.pem, page.pem and page.key are to lie.")],
    name: Annotated[
        list[str] | None, typer.Option(help="A name or address of this machine, as browsers write it; repeatable.")
    ] = None,
) -> None:
    """Make a certificate for the page (web.certificate_file, web.key_file), unless a good one lies there.

    For who has none of an office's own. Browsers trust it once they know authority.pem, which vouches for nothing else.
    It lasts 820 days, and is made anew in its last 30. Exit code 2: a name is none, or the folder cannot be written.
    """
    from vigilanza.app.certificate import make_certificate
    from vigilanza.clock import SystemClock

    try:
        made = make_certificate(folder, name or [], clock=SystemClock())
    except (OSError, ValueError) as error:
        typer.echo(f"{folder}: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{folder}: {'made' if made else 'there is a good one already'}")


@commands.command()
def run(config: ConfigOption = CONFIG) -> None:
    """Everything a single box needs: watch, relay, web and, if configured, video together, until Ctrl-C or SIGTERM.

    At the centre of many sites: centre, relay and web. A part that dies is started again; after 5 starts of watch (or
    centre) within a minute all end with exit code 70. What changes in the configuration is taken over once it is found
    good: the parts that it concerns begin anew, one by one.
    """
    from vigilanza.app.part import run_part
    from vigilanza.app.run import run as work
    from vigilanza.clock import SystemClock
    from vigilanza.config import load, require_assessment

    settings = load(config, environ=os.environ)
    require_assessment(settings)
    raise typer.Exit(run_part("run", lambda stop: work(settings, environ=os.environ, clock=SystemClock(), stop=stop)))


def run_configured(
    name: str, config: Path, accepted: Path | None, work: Callable[..., int], *, waits: bool = False
) -> None:
    """Run one long-running part until SIGTERM or SIGINT, with the configuration as far as it was approved.

    `waits`: it is nothing without the journal, which tells that.
    """
    from vigilanza.config import load

    run_loaded(name, load(config, environ=os.environ, accepted=accepted), work, waits=waits)


def run_loaded(
    name: str, settings: "Config", work: Callable[..., int], *, waits: bool = False, finishes: bool = False
) -> NoReturn:
    """The same, of what was read. `finishes`: it may finish what it began before it makes room for its successor."""
    from vigilanza.app.part import Turn, run_in_turn
    from vigilanza.app.safeguards import settled
    from vigilanza.clock import SystemClock

    clock = SystemClock()

    def run(stop: threading.Event, turn: Turn) -> int:
        counts = settled(settings, environ=os.environ, clock=clock, wait=stop if waits else None)
        turn.finishes, more = finishes, {"over": turn.over} if finishes else {}
        return work(counts, clock=clock, stop=stop, **more) if turn.wait(stop, clock) else 0

    raise typer.Exit(run_in_turn(name, run))


@commands.command()
def watch(
    config: ConfigOption = CONFIG,
    share: Annotated[str | None, typer.Option(help="Only this share of the cameras, e.g. 2/4; set by watch.")] = None,
    finder: Annotated[Path | None, typer.Option(help="Socket of the finder of people; set by watch.")] = None,
    accepted: AcceptedOption = None,
) -> None:
    """Only the eyes: read the cameras, recognise, record. Needs relay and web beside it, on the same database.

    For many cameras it starts several processes: itself for each share of them, and finder.
    """
    from vigilanza.app.share import Share, shares_of
    from vigilanza.app.watch import watch as work
    from vigilanza.config import load

    mine = None if share is None else Share.parse(share)
    settings = load(config, environ=os.environ, accepted=accepted)
    if mine is None and len(shares_of(settings)) > 1:
        _watch_in_shares(settings)
    else:
        _look(settings, work, mine, finder)


def _look(settings: "Config", work: Callable[..., int], share: "Share | None", finder: Path | None) -> None:
    """With one process."""
    name = "watch" if share is None else f"watch{share.suffix}"
    run_loaded(name, settings, partial(work, share=share, finder=finder), finishes=True)


def _watch_in_shares(settings: "Config") -> None:
    """With several; each that is forked goes on here, too, with what was read before: they agree who watches what."""
    from vigilanza.app import safeguards  # noqa: F401 - loaded before it is needed it is shared
    from vigilanza.app.finder import finder
    from vigilanza.app.nursery import Nursery, open_nursery
    from vigilanza.app.share import Share
    from vigilanza.app.watch import watch as work

    if settings.sharing is not None:
        from vigilanza.app import leasecounts  # noqa: F401
    opened = open_nursery()
    if isinstance(opened, Nursery):
        with opened as nursery:
            run_loaded("watch", settings, partial(work, start_part=nursery.start), finishes=True)
    part, options = opened[0], dict(zip(opened[1::2], opened[2::2], strict=True))
    if part == "finder":
        _run_finder(settings, finder, Path(options["--socket"]))
    else:
        _look(settings, work, Share.parse(options["--share"]), Path(options["--finder"]))


@commands.command()
def status(config: ConfigOption = CONFIG) -> None:
    """How the cameras are, by the figures of the running watch, and which configuration is in force.

    Exit code 1 if somebody should look at one, or the file was refused.
    """
    from rich.console import Console

    from vigilanza.app.status import status as command
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    settings = load(config, environ={}, offline=True)
    raise typer.Exit(command(settings, clock=SystemClock(), console=Console()))


@commands.command()
def finder(
    socket: Annotated[Path, typer.Option(help="Where to listen.")],
    config: ConfigOption = CONFIG,
    accepted: AcceptedOption = None,
) -> None:
    """Only the finder of people, for the processes of one watch, which starts it."""
    from vigilanza.app.finder import finder as work
    from vigilanza.config import load

    _run_finder(load(config, environ=os.environ, accepted=accepted), work, socket)


def _run_finder(settings: "Config", work: Callable[..., int], socket: Path) -> None:
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock

    raise typer.Exit(run_part("finder", lambda stop: work(settings, socket=socket, clock=SystemClock(), stop=stop)))


@commands.command()
def relay(config: ConfigOption = CONFIG, accepted: AcceptedOption = None) -> None:
    """Only the voice: carry every alert to its destination until the receipt is there."""
    from vigilanza.app.relay import relay as work

    run_configured("relay", config, accepted, work)


@commands.command()
def web(config: ConfigOption = CONFIG, accepted: AcceptedOption = None) -> None:
    """Only the face: the control room's page. At the first start its log shows the code to make an operator."""
    from vigilanza.app.web import web as work

    run_configured("web", config, accepted, partial(work, environ=os.environ), waits=True)


@commands.command()
def video(config: ConfigOption = CONFIG, accepted: AcceptedOption = None) -> None:
    """Only live pictures, for those whom `video` in the configuration lets watch, by RTSP. Needs watch on this box."""
    from vigilanza.app.video import video as work

    run_configured("video", config, accepted, work)
