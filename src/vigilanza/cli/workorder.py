"""`vigilanza workorder`: grant, list, extend and end authorised visits, on the database of the running parts."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigilanza.cli.options import CONFIG, ConfigOption
from vigilanza.domain.errors import UnknownRecord, WorkOrderRefused

if TYPE_CHECKING:
    from vigilanza.app.orderdesk import OrderDesk

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

_ToOption = Annotated[str, typer.Option("--to", help="End, ISO 8601; without an offset the site's time.")]
_ByOption = Annotated[str, typer.Option("--by", help="Name of the person who does this.")]
_IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the work order.")]


@commands.callback()
def workorder() -> None:
    """Authorised visits: while one runs, what happens at its door is recorded as info and names it.

    A running watch knows of a change within some seconds. An order ends by itself. Exit codes: 0 done, 2 it cannot
    be done so, 75 the database is away, 78 wrong configuration.
    """


@commands.command()
def add(
    door: Annotated[str, typer.Option("--door", help="Code of the sealed door's unit; at a centre SITE/CODE.")],
    begin: Annotated[str, typer.Option("--from", help="Start, ISO 8601; without an offset the site's time.")],
    end: _ToOption,
    who: Annotated[str, typer.Option("--who", help="Who comes: firm or office, how many.")],
    reason: Annotated[str, typer.Option("--reason", help="What for.")],
    granted_by: Annotated[str, typer.Option("--granted-by", help="Name of the person who grants it.")],
    order_id: Annotated[str | None, typer.Option("--id", help="Id of your own (default: the next number).")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Grant a visit to the unit behind one sealed door; prints the order's id."""
    with _desk(config, id_option="--id") as desk:
        granted = desk.add(
            door=door, begin=begin, end=end, who=who, reason=reason, granted_by=granted_by, order_id=order_id
        )
        typer.echo(granted.id)


@commands.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per order instead of words.")] = False,
    past: Annotated[bool, typer.Option("--past", help="Also those that have ended.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Show the orders that run and those planned."""
    with _desk(config) as desk:
        for told in desk.tell(past=past):
            typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _words(told))


@commands.command()
def extend(order_id: _IdArgument, end: _ToOption, by: _ByOption, config: ConfigOption = CONFIG) -> None:
    """Let an order that has not ended run longer."""
    with _desk(config) as desk:
        typer.echo(_words(desk.extend(order_id, end=end, by=by)))


@commands.command("end")
def end_(order_id: _IdArgument, by: _ByOption, config: ConfigOption = CONFIG) -> None:
    """End an order now, or call off one that has not begun."""
    with _desk(config) as desk:
        typer.echo(_words(desk.end(order_id, by=by)))


@contextmanager
def _desk(path: Path, *, id_option: str = "ID") -> "Iterator[OrderDesk]":
    """Where orders are granted. What cannot be is said in one line that names the option: exit code 2."""
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.memory import open_memory
    from vigilanza.app.orderdesk import OrderDesk
    from vigilanza.app.safeguards import counting
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    silence_logs()
    clock = SystemClock()
    config = counting(load(path, environ=os.environ), environ=os.environ, clock=clock)
    memory = open_memory(config, clock=clock)
    try:
        yield OrderDesk(config=config, engine=memory.engine, clock=clock)
    except WorkOrderRefused as error:
        where = id_option if error.field == "id" else f"--{error.field.replace('_', '-')}"
        typer.echo(f"{where}: {error}", err=True)
        raise typer.Exit(2) from error
    except UnknownRecord as error:
        typer.echo(f"{id_option}: {error}", err=True)
        raise typer.Exit(2) from error
    finally:
        memory.engine.dispose()


def _words(told: dict[str, Any]) -> str:
    times = f"{told['from']} to {told['to']}"
    site = told["site"]
    way = "" if site is None or site["knows"] else f"  (site {site['id']} does not know it{_because(site['why'])})"
    return f"{told['id']}  {told['state']:7}  {told['door']}  {times}  {told['who']}: {told['reason']}{way}"


def _because(why: str | None) -> str:
    return " yet" if why is None else f": {why}"
