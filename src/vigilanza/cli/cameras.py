"""Setting up cameras: discover and probe."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from vigilanza.capture.onvif_target import OnvifTarget

commands = typer.Typer()

PASSWORD_VARIABLE = "CAMERA_PASSWORD"
Address: TypeAlias = Annotated[
    str, typer.Argument(metavar="HOST[:PORT]", help="Where the camera's ONVIF service is; onvifs://HOST asks by HTTPS.")
]
CaFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="PEM to know an onvifs:// camera by: its authority or itself."),
]
Seconds: TypeAlias = Annotated[
    float | None, typer.Option(min=2, max=120, help="Also read so many seconds of each stream that would be used.")
]
TlsName: TypeAlias = Annotated[str | None, typer.Option(help="Name in its certificate, if that is not the host.")]


@commands.command()
def discover(
    subnet: Annotated[
        list[str] | None, typer.Option(help="Ask every address of it, e.g. 192.168.1.0/24; may be repeated.")
    ] = None,
    host: Annotated[list[str] | None, typer.Option(help="Ask this host; may be repeated.")] = None,
    interface: Annotated[
        list[str] | None, typer.Option(help="Ask the network of this interface, e.g. eth1; may be repeated.")
    ] = None,
    wait: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds to wait for answers.")] = 3.0,
    port: Annotated[int, typer.Option(min=1, max=65535, help="UDP port of WS-Discovery.")] = 3702,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per camera instead of words.")] = False,
) -> None:
    """Show the cameras that answer to ONVIF's discovery: on all networks of this machine, or where it is told to ask.

    Exit code 1 if no camera answers.
    """
    from rich.console import Console

    from vigilanza.app import discover as command
    from vigilanza.clock import SystemClock

    raise typer.Exit(
        command.show_cameras(
            hosts=command.hosts_of(subnet or (), host or ()),
            interfaces=interface or (),
            patience=wait,
            port=port,
            as_json=as_json,
            clock=SystemClock(),
            console=Console(),
        )
    )


@commands.command()
def probe(
    address: Address,
    user: Annotated[
        str | None, typer.Option(help=f"User of the camera; its password is in ${PASSWORD_VARIABLE}.")
    ] = None,
    ca_file: CaFile = None,
    tls_name: TlsName = None,
    config: Annotated[Path | None, typer.Option(help="A configuration whose doors to measure in its pictures.")] = None,
    camera: Annotated[str | None, typer.Option(help="Id of this camera there; needed if there are several.")] = None,
    measure: Seconds = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Show what a camera is and how its streams are set, and advise what to set otherwise.

    Exit codes: 0 all is well, 1 there is advice, 69 the camera cannot be reached, 77 it refuses (password, no ONVIF) or
    its certificate is not the one expected.
    """
    from rich.console import Console

    from vigilanza.app import probe as command
    from vigilanza.app.logs import silence_logs
    from vigilanza.app.replay import choose_camera
    from vigilanza.capture.trust import Trust
    from vigilanza.clock import SystemClock
    from vigilanza.config import load

    if camera is not None and config is None:
        raise typer.BadParameter("give the configuration too: --config FILE", param_hint="--camera")
    password = os.environ.get(PASSWORD_VARIABLE)
    if user is not None and not password:
        raise typer.BadParameter(f"export {PASSWORD_VARIABLE}=… before, never on the command line", param_hint="--user")
    target = _target(address, ca_file)
    configured = None if config is None else choose_camera(load(config, environ={}, offline=True), camera)
    silence_logs()
    finding = command.probe(
        target,
        user=user,
        password=password,
        trust=None if ca_file is None else Trust(ca_file, tls_name),
        configured=configured,
        seconds=measure,
        clock=SystemClock(),
    )
    raise typer.Exit(command.show(finding, as_json=as_json, console=Console()))


def _target(address: str, ca_file: Path | None) -> "OnvifTarget":
    from vigilanza.capture.onvif_target import parse_target

    try:
        target = parse_target(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="HOST[:PORT]") from error
    if target.secure and ca_file is None:
        need = "onvifs:// needs it: the PEM of the camera's authority, or its own certificate"
        raise typer.BadParameter(need, param_hint="--ca-file")
    return target
