"""Links to pictures, and what leads to them."""

from uuid import UUID

import httpx

from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry
from vigilanza.clock import Clock
from vigilanza.domain.decision import Decision
from vigilanza.domain.picturelink import PictureLink

KEY = b"a key for links that nobody knows"


def link(medium: UUID, clock: Clock, *, to: str = CONTROL_ROOM, seconds: float = 900, key: bytes = KEY) -> str:
    return "/pictures/" + PictureLink(medium, to, int(clock.now() + seconds)).token(key)


def confirmed(room: Room) -> Scene:
    """An incident that an operator confirmed."""
    scene = Scene("b3-landing", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))
    return scene


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
