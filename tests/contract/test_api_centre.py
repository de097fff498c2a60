"""The page of a centre shows what the sites told, each under its site's name, and takes decisions about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from tests.centre import new_key
from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry, furnish
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from tests.sender import Sender
from vigilanza.cluster.reception import Reception
from vigilanza.domain.decision import Decision
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.sitepictures import SitePictures


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, told=["a"])


@pytest.fixture
def reception(tmp_path: Path, room: Room, clock: FakeClock) -> Reception:
    keys = {site: [PublicKey.read(new_key(tmp_path, site).with_suffix(".pub").read_bytes())] for site in ("a", "b")}
    arrivals = Arrivals(engine=room.engine, journal=room.journal, clock=clock)
    return Reception(keys=keys, arrivals=arrivals, quarantine=Quarantine(room.engine), clock=clock)


def test_incidents_of_all_sites_are_in_one_list_and_can_be_decided(
    tmp_path: Path, room: Room, reception: Reception, client: Client
) -> None:
    for site in ("a", "b"):
        sender = Sender(tmp_path / f"{site}.pem", site)
        reception.take_dispatches([sender.event(event) for event in break_in(f"at {site}", count=3)])
    listed = client.get("/api/incidents").json()["incidents"]
    assert {(one["camera"], one["door"], one["waiting"]) for one in listed} == {
        ("a/stairs-3", "a/B.03.12", True),
        ("b/stairs-3", "b/B.03.12", True),
    }
    path = f"/api/incidents/{incident_id('at a')}"
    shown = client.get(path).json()
    assert "a/B.03.12" in shown["sentence"]["en"]
    where = {"site": "a", "street": None, "municipality": None, "stair": None, "door": "a/B.03.12"}
    assert where.items() <= shown["address"].items(), "the address of this centre is not that of the door"
    assert client.post(f"{path}/confirm", json={"avs": 3}).json()["decision"]["avs"] == 3
    room.journal.decide(Decision(incident_id("at b"), "b/anna", break_in("at b")[2].at + 60.0, avs=2))
    decided = {one["camera"]: one["decision"]["operator"] for one in client.get("/api/incidents").json()["incidents"]}
    assert decided["b/stairs-3"] == "b/anna"


def test_pictures_of_a_site_are_asked_for_and_the_page_is_told_how_that_stands(
    tmp_path: Path, room: Room, reception: Reception, client: Client, clock: FakeClock
) -> None:
    for site in ("a", "b"):
        sender = Sender(tmp_path / f"{site}.pem", site)
        reception.take_dispatches([sender.event(event) for event in break_in(f"at {site}", count=3)])
    incident, path = incident_id("at a"), f"/api/incidents/{incident_id('at a')}"
    heard_at = clock.now()
    before = client.get(path).json()["at_site"]
    assert (before["site"], before["asked"], before["wanted_at"], before["coming"]) == ("a", True, None, False)
    assert client.post(f"{path}/pictures").json()["at_site"]["coming"] is True
    assert [(one.who, one.subject) for one in room.audit.latest() if one.action == "media.wanted"] == [
        (OPERATOR, str(incident))
    ]
    wishes = SitePictures(engine=room.engine, clock=clock)
    clock.advance(600.0)
    [wish] = wishes.due(["a", "b"]).values()
    assert (wish.site, wish.there, wish.by) == ("a", incident, OPERATOR)
    wishes.put_off(wish, away=True, why="site a does not answer")
    told = client.get(path).json()["at_site"]
    assert (told["away"], told["heard_at"], told["coming"]) == (True, heard_at, True)
    assert told["pinned"] is False
    client.post(f"{path}/holds", json={"authority": "x", "protocol": "1", "until": clock.now() + 86400.0})
    assert client.get(path).json()["at_site"]["pinned"] is True, "what is to be kept is not left there"
    other = f"/api/incidents/{incident_id('at b')}"
    assert client.get(other).json()["at_site"]["asked"] is False, "no key of the centre"
    assert client.post(f"{other}/pictures").status_code == 404


def test_the_page_is_told_when_copies_go_that_the_site_deletes_before(
    tmp_path: Path, room: Room, reception: Reception, client: Client, clock: FakeClock
) -> None:
    sender, incident = Sender(tmp_path / "a.pem", "a"), incident_id("at a")
    reception.take_dispatches([sender.event(event) for event in break_in("at a", count=3)])
    client.post(f"/api/incidents/{incident}/pictures")
    wishes, now = SitePictures(engine=room.engine, clock=clock), clock.now()
    item = room.media.add(incident=incident, kind="still", start=now, end=now, content=b"a still", suffix=".jpg")
    told = client.get(f"/api/incidents/{incident}").json()["pictures_until"]
    assert told > now + 60.0
    for until, counts in ((now + 60.0, now + 60.0), (told + 60.0, told)):
        wishes.learn(
            wishes.due(["a"])["a"],
            [RemotePicture("still", now, now, item.sha256, ".jpg", 7, covered=False, until=until)],
        )
        assert client.get(f"/api/incidents/{incident}").json()["pictures_until"] == counts


def test_pictures_of_an_incident_of_the_place_itself_are_asked_of_nobody(room: Room, client: Client) -> None:
    scene = Scene("C1", "B.03.12", room.clock.now() - 60.0)
    room.journal.record(forced_entry(scene))
    path = f"/api/incidents/{scene.incident}"
    assert client.get(path).json()["at_site"] is None
    assert client.post(f"{path}/pictures").status_code == 404
