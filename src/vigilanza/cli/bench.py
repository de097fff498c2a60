"""`vigilanza bench`: what watching costs."""

import json
import threading
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command()
def bench(
    rows: Annotated[list[str] | None, typer.Argument(metavar="[ROW]...", help="Only these rows.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Short windows, few cameras: rough figures.")] = False,
    clips: Annotated[Path, typer.Option(help="Folder with recordings and their truth.")] = Path(
        "tests/fixtures/videos"
    ),
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write all figures into this file.")] = None,
    markdown_file: Annotated[
        Path | None,
        typer.Option("--markdown", help="Also write the table, between its marks if the file has them."),
    ] = None,
) -> None:
    """Measure what watching costs on this machine, beside ffmpeg and motion; see docs/benchmarks.md.

    Exit code 1 if something could not be measured; not if a figure is missed.
    """
    from rich.console import Console

    from vigilanza.app import bench as command
    from vigilanza.app.part import run_part
    from vigilanza.clock import SystemClock
    from vigilanza.lab.bench.table import pasted, print_results

    if unknown := [row for row in rows or () if row not in command.ROWS]:
        raise typer.BadParameter(f"no row {unknown[0]}, there are {', '.join(command.ROWS)}", param_hint="ROW")

    def work(stop: threading.Event) -> int:
        results = command.bench(
            rows or (), clips=clips, quick=quick, clock=SystemClock(), stop=stop, progress_on=Console(stderr=True)
        )
        print_results(results, Console())
        if json_file is not None:
            json_file.write_text(json.dumps(results.as_json(), indent=2) + "\n", encoding="utf-8")
        if markdown_file is not None:
            document = markdown_file.read_text("utf-8") if markdown_file.exists() else ""
            markdown_file.write_text(pasted(results, document), encoding="utf-8")
        return 0 if results.complete else 1

    raise typer.Exit(run_part("bench", work))
