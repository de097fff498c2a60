"""Both ends on one machine: the stand-in receivers run, and say what arrives."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

import yaml

from vigilanza.clock import Clock
from vigilanza.lab.drill.parties import all_parties, asking_vms

LOOK_S = 0.2
FAULT_EVERY_S = 5.0


def show_city(
    folder: Path, *, seed: int | None, clock: Clock, stop: threading.Event, say: Callable[[str], None]
) -> None:
    """Run a receiver for every channel, and a VMS that asks, until `stop` is set, and `say` each alert at its first
    arrival.

    `folder` gets their certificates and `destinations.yaml`, to be put into a configuration, with the variables it
    wants. With a `seed` one of them answers wrongly every five seconds.
    """
    destinations, vms = all_parties(folder), asking_vms()
    parties = [*destinations, vms]
    chance = None if seed is None else Random(seed)
    with ExitStack() as stack:
        for party in parties:
            party.up()
            stack.callback(party.down)
        told_to = [dict(party.settings()) for party in destinations]
        document = {"destinations": told_to, "onvif_device": dict(vms.settings())}
        path = folder / "destinations.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        say(
            f"put {path} (destinations, and a device for the VMS that asks) into a configuration, and before its start:"
        )
        for name, value in sorted({item for party in parties for item in party.environ().items()}):
            say(f"export {name}={value}")
        told = dict.fromkeys((party.name for party in parties), 0)
        fault_at = clock.monotonic() + FAULT_EVERY_S
        while not clock.wait(LOOK_S, stop):
            for party in parties:
                for incident, place in party.arrived[told[party.name] :]:
                    say(f"{party.name}: incident {incident}, number {place}")
                    told[party.name] += 1
            if chance is not None and clock.monotonic() >= fault_at:
                fault_at += FAULT_EVERY_S
                chance.choice(parties).misbehave(chance)
