"""`vigilanza check`: says whether a configuration can be used, and what it amounts to."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from vigilanza.app.disk import exposed
from vigilanza.app.registry import open_people
from vigilanza.config import Config, advice, load, require_assessment, schema
from vigilanza.domain.delivery import DestinationKind


def check(path: Path, *, environ: Mapping[str, str], console: Console) -> int:
    """Print a short table and warnings; 0. ConfigError (exit 78) if the file cannot be used."""
    config = load(path, environ=environ)
    require_assessment(config)
    open_people(config.detection)
    console.print(f"{config.site.id} {config.site.name} ({config.site.timezone})", highlight=False, markup=False)
    console.print(_cameras(config), _destinations(config))
    if (device := config.onvif_device) is not None:
        line, names = "https" if device.certificate else "http", ", ".join(one.name for one in device.accounts)
        said = f"ONVIF device on {line}://{device.host}:{device.port} for {names}"
        console.print(said, highlight=False, markup=False)
    console.print(f"people are found by {config.detection.people}", highlight=False)
    if (sharing := config.sharing) is not None:
        servers = ", ".join(sharing.nats.servers)
        said = f"cameras are shared with other boxes by {servers}: this is {sharing.box}, for up to {sharing.capacity}"
        console.print(said, highlight=False, markup=False, soft_wrap=True)
    for line in (*advice(config), *exposed(config)):
        console.print(f"warning: {line}", highlight=False, markup=False, soft_wrap=True)
    console.print("The configuration is valid.", highlight=False)
    return 0


def print_schema(*, console: Console) -> int:
    """Print the JSON Schema of the YAML for editors; 0."""
    text = json.dumps(schema(), indent=2, ensure_ascii=False)
    console.print(text, highlight=False, markup=False, soft_wrap=True)
    return 0


def _cameras(config: Config) -> Table:
    table = Table("camera", "doors", "masks", "fps", "analysed", box=None, pad_edge=False)
    for camera in config.cameras:
        roles = Counter(door.role.value for door in camera.doors)
        doors = ", ".join(f"{count} {role}" for role, count in roles.items()) or "none"
        stream = str(camera.analysed)
        table.add_row(camera.id, doors, str(len(camera.masks)), f"{camera.analysis_fps:g}", stream)
    return table


def _destinations(config: Config) -> Table:
    table = Table("destination", "kind", "channel", "gets", box=None, pad_edge=False)
    for endpoint in config.destinations:
        target = endpoint.destination
        room = target.kind is DestinationKind.CONTROL_ROOM
        gets = f"confirmed, AVS {target.minimum_avs} or more" if room else "all, unconfirmed ones flagged"
        if target.standby:
            gets = f"what another does not take; {gets}"
        table.add_row(target.id, target.kind.value, endpoint.channel, gets)
    return table
