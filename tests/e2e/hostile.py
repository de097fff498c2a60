"""A site whose every name was given by somebody who means harm, and which is told as much from outside."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.drawn_site import site
from tests.e2e import seed
from tests.e2e.conftest import COLLEAGUE
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.plan import stair_b
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.e2e.test_wall_crowded import Crowd
from tests.hostile import hostile
from vigilanza.app.safeguards import written
from vigilanza.config import load
from vigilanza.domain.callee import Callee
from vigilanza.domain.door import Role
from vigilanza.domain.plan import Spot
from vigilanza.domain.premises import Premises, Unit
from vigilanza.domain.role import Role as AccountRole
from vigilanza.web.find import NoScout, Note, Question, Spotted
from vigilanza.web.site import Site, SitePlan

SITE, DOOR, CAMERA, STAIR, VMS = (hostile(f"N{number}N", 120) for number in range(5))
CALLEE, NUMBER, PLAN, WHY, RECEIPT, PART, STREET = (hostile(f"N{number}N", 120) for number in range(5, 12))
FOUND, HARDWARE, MAKER, ADVICE, PROFILE = (hostile(f"N{number}N", 120) for number in range(12, 17))
NAMES = {f"N{number}N" for number in range(17)}


class Crier(Crowd):
    """See Cameras: one, with a name."""

    def names(self) -> Sequence[str]:
        return [CAMERA]


class Liar(NoScout):
    """See Scout: what it finds has much to say about itself."""

    def search(
        self, hosts: Sequence[str], subnets: Sequence[str], *, before: Note, stop: threading.Event
    ) -> Sequence[Spotted]:
        before("hosts", {"hosts": list(hosts), "subnets": list(subnets)})
        return [Spotted("192.0.2.7", FOUND, HARDWARE, "http://192.0.2.7/onvif", None)]

    def probe(self, question: Question, *, before: Note, stop: threading.Event) -> Mapping[str, Any]:
        before(question.address, {"address": question.address})
        device = {"manufacturer": MAKER, "model": MAKER, "firmware": MAKER, "serial": MAKER}
        profile = dict.fromkeys(("codec", "fps", "gop_seconds", "bitrate_kbps", "width_px", "height_px"))
        told = {"source": "onvif://192.0.2.7", "camera": None, "clock_ahead": None, "events": False, "device": device}
        say = {"it": ADVICE, "en": ADVICE}
        profiles = [profile | {"token": PROFILE, "name": PROFILE, "use": ["kept"], "audio": False}]
        return told | {"profiles": profiles, "advice": [{"about": PROFILE, "found": say, "do": say}]}


def rename(patch: pytest.MonkeyPatch) -> None:
    """Whatever a room of tests is called."""
    centre = Callee(CONTROL_ROOM, CALLEE, NUMBER, sends=True, destination=True)
    units = {DOOR: Unit(DOOR, STAIR, STREET, STREET)}
    patch.setattr(seed, "Site", lambda _, *rest, **more: Site(SITE, *rest, **more))
    patch.setattr(seed, "DOORS", {DOOR: Role.SEALED})
    patch.setattr(seed, "STAIRS", {DOOR: STAIR})
    patch.setattr(seed, "CALLEES", (centre,))
    patch.setattr(seed, "VMS", VMS)
    patch.setattr(seed, "PLACE", Premises("0423", SITE, address=STREET, municipality=STREET, units=units))


def floor_plan() -> SitePlan:
    """With the camera and the door."""
    plan = stair_b()
    cameras, doors = (Spot(CAMERA, 0.2, 0.3, 90.0),), (Spot(DOOR, 0.3, 0.4),)
    return replace(plan, plan=replace(plan.plan, name=PLAN, cameras=cameras, doors=doors))


def furnish_hostile(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Such a room, with two persons who may do everything, and a weaker protection that nobody approved yet."""
    rename(patch)
    drawn = site(folder)
    config = load(drawn.path, environ={})
    for one in furnish(
        folder,
        board=drawn.board,
        live=Crier(),
        scout=Liar(),
        wanted=written(config, environ={}),
        silent=[f"watch {PART}"],
        plans=[floor_plan()],
    ):
        one.safeguards.settle(config.safeguards)
        drawn.path.write_text(drawn.path.read_text("utf-8").replace("role: sealed ", "role: other "), "utf-8")
        for name in (OPERATOR, COLLEAGUE):
            one.accounts.create(name, PASSWORD, roles=set(AccountRole) - {AccountRole.INTEGRATOR})
        yield one
