"""`vigilanza drill`: what a box keeps when things break."""

import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vigilanza.lab.drill.box.table import Played

commands = typer.Typer()


@commands.command()
def drill(
    kinds: Annotated[list[str] | None, typer.Argument(metavar="[KIND]...", help="Only these kinds of fault.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All kinds of fault.")] = False,
    seed: Annotated[int, typer.Option(help="The first seed: it says what breaks, and when.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="So many seeds of each kind.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="So many seeds are played side by side.")] = 1,
    soak: Annotated[
        float | None, typer.Option(min=0.1, help="Instead: one box, and all of them by chance, for so many minutes.")
    ] = None,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", help="Also write the table of kinds into this file.")
    ] = None,
) -> None:
    """Break a box on this machine on purpose while break-ins happen, and judge what it kept; see docs/drill.md.

    Without a kind: say which there are. Exit code 1 if a promise was broken, or a kind could not be played here. Some
    kinds need root: they give the box a disk of its own.
    """
    from vigilanza.app import drill as command
    from vigilanza.clock import SystemClock
    from vigilanza.lab.drill.box.table import HEAD, Played, plain, sums
    from vigilanza.lab.drill.kinds.all import KINDS

    if sum(map(bool, (kinds, all_, soak))) > 1:
        raise typer.BadParameter("give either kinds of fault, or --all, or --soak")
    if unknown := [name for name in kinds or () if name not in KINDS]:
        raise typer.BadParameter(f"no kind {unknown[0]}, there are {', '.join(KINDS)}", param_hint="KIND")
    chosen, played, clock = list(KINDS) if all_ else list(kinds or ()), list[Played](), SystemClock()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if soak is not None:
        one = command.soak(60.0 * soak, seed, clock=clock, say=lambda what: print(what, flush=True))
        print(plain(HEAD))
        _say(markdown_file, played, one)
        raise typer.Exit(0 if one.good else 1)
    if not chosen:
        for name, kind in KINDS.items():
            print(f"{name:16} {kind.says}")
        return
    print(plain(HEAD), flush=True)
    say = partial(_say, markdown_file, played)
    good = command.drill(chosen, range(seed, seed + seeds), jobs=jobs, clock=clock, say=say)
    if len(played) > len(chosen):
        print("", plain(HEAD), *map(plain, sums(played)), sep="\n")
    raise typer.Exit(0 if good else 1)


def _say(markdown_file: Path | None, played: "list[Played]", one: "Played") -> None:
    """One more was played."""
    from vigilanza.lab.drill.box.table import line_of, markdown, plain

    played.append(one)
    print(plain(line_of(one)), one.note, flush=True)
    if markdown_file is not None:
        markdown_file.write_text(markdown(played) + "\n", encoding="utf-8")
