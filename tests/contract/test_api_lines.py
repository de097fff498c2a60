"""What the API says of the ways to those who are told, and a test over one of them."""

from uuid import uuid4

from httpx import Client

from tests.contract.api_client import Counter
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import VMS, Room
from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel, pass_time
from vigilanza.bridge.relay import Relay
from vigilanza.domain.delivery import Destination, DestinationKind, SignOfLife
from vigilanza.domain.errors import ChannelRefused
from vigilanza.domain.role import Role
from vigilanza.store.lines import Lines, path_line
from vigilanza.store.replies import Replies


def relay(room: Room, clock: FakeClock, channel: ScriptedChannel) -> Relay:
    return Relay(
        destination=Destination(VMS, DestinationKind.MUNICIPAL_VMS),
        channel=channel,
        outbox=room.outbox,
        lines=Lines(room.engine),
        replies=Replies(room.engine),
        clock=clock,
    )


def test_every_destination_is_told_with_its_state_and_its_paths(room: Room, clock: FakeClock, client: Client) -> None:
    lines = Lines(room.engine)
    lines.found(VMS, SignOfLife(0.25), clock.now())
    lines.found(path_line(VMS, "a:1"), SignOfLife(0.2), clock.now())
    lines.lost(path_line(VMS, "b:2"), "b:2: no answer", clock.now())
    for gone in (path_line(VMS, "c:3"), f"{VMS}-2"):
        lines.lost(gone, "taken out of the configuration", clock.now())
    told = {one["destination"]: one for one in client.get("/api/lines").json()["lines"]}
    assert list(told) == [VMS, CONTROL_ROOM]
    assert (told[VMS]["line"], told[VMS]["round_trip_seconds"], told[VMS]["since"]) == ("up", 0.25, clock.now())
    assert [(path["path"], path["line"], path["why"]) for path in told[VMS]["paths"]] == [
        ("a:1", "up", None),
        ("b:2", "down", "b:2: no answer"),
    ]
    assert (told[CONTROL_ROOM]["line"], told[CONTROL_ROOM]["since"], told[CONTROL_ROOM]["owed"]) == (None, None, 0)


def test_a_test_is_owed_in_ones_name_and_told_step_by_step(room: Room, clock: FakeClock, client: Client) -> None:
    alert = client.post(f"/api/lines/{VMS}/test").json()["alert"]
    assert room.records("alert.tested") == [alert]
    assert client.get(f"/api/lines/tests/{alert}").json()["ended"] is False
    assert {one["destination"]: one["owed"] for one in client.get("/api/lines").json()["lines"]}[VMS] == 1
    pass_time(relay(room, clock, ScriptedChannel(clock)), clock, 1)
    told = client.get(f"/api/lines/tests/{alert}").json()
    assert (told["ended"], told["steps"][-1]) == (True, {"what": "acknowledged", "detail": "receipt 1"})
    assert client.get("/api/lines").json()["lines"][0]["last_receipt_at"] is not None


def test_a_test_that_is_refused_says_why(room: Room, clock: FakeClock, client: Client) -> None:
    alert = client.post(f"/api/lines/{VMS}/test").json()["alert"]
    pass_time(relay(room, clock, ScriptedChannel(clock, ChannelRefused("vms: 401: who are you?"))), clock, 1)
    told = client.get(f"/api/lines/tests/{alert}").json()
    assert (told["ended"], told["steps"][-1]) == (True, {"what": "refused", "detail": "vms: 401: who are you?"})


def test_what_is_not_there_cannot_be_tested(client: Client) -> None:
    for answer in (client.post("/api/lines/nobody/test"), client.get(f"/api/lines/tests/{uuid4()}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_an_operator_sees_the_lines_and_tests_none(room: Room, counter: Counter) -> None:
    room.accounts.create("night", "a long enough password", roles={Role.OPERATOR})
    client = counter.stranger()
    client.post("/api/login", json={"name": "night", "password": "a long enough password"}).raise_for_status()
    assert client.get("/api/lines").status_code == 200
    assert client.post(f"/api/lines/{VMS}/test").status_code == 403
