"""An incident's reason, as the page shows it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from httpx import Client

from tests.e2e.seed import Room, Scene, forced_entry
from vigilanza.domain.events import EventKind, Phase, Severity


def test_detail_says_in_a_sentence_what_the_gravest_event_says(room: Room, client: Client) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    room.journal.record([scene.event(4, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, 50)])
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    opened = datetime.fromtimestamp(scene.began + 21, ZoneInfo("Europe/Rome"))
    assert detail["sentence"] == detail["events"][3]["sentence"]
    assert detail["sentence"]["en"] == f"At door {scene.door}: door seen open at {opened:%H:%M:%S}; one person went in"
    assert detail["events"][0]["sentence"]["it"] == f"Una persona alla porta {scene.door} da 14 s"
