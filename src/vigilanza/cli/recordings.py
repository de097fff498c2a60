"""Recordings played through the detection: replay and evaluate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.cli.options import CONFIG, ConfigOption

commands = typer.Typer()


@commands.command()
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


@commands.command()
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
    from vigilanza.clock import SystemClock

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
            clock=SystemClock(),
        )
    )
