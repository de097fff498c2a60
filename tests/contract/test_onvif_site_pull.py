"""Pull points: nothing lost, nothing early, nothing twice; how things stand; what was missed."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.onvif_site import PLACE, Client, Running, Told, envelope, is_pulled, journal, onvif_site
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.bridge.onvif_device import pullpoint
from vigilanza.bridge.onvif_device.newsroom import EVERY_S
from vigilanza.bridge.onvif_words import DECIDED, FORCED, INPUT
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.store.database import open_database

CLOCK = SystemClock()
DOOR = PLACE.channels[0].doors[0]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine) as it:
        yield it


def forced(told: list[Told]) -> list[tuple[str, str, str]]:
    """Operation, state and status of what is told of forced entries at our door."""
    mine = [one for one in told if one.topic == FORCED and one.source["vgz:UnitCode"] == DOOR.door]
    return [(one.operation, one.data["State"], one.data["vgz:Status"]) for one in mine]


def test_a_subscriber_is_told_how_everything_stands_and_then_what_changes(engine: Engine, site: Running) -> None:
    book, client, events = journal(engine), Client(site), break_in("a", count=5)
    book.record(events[:3])
    point = client.subscribe()
    first = client.drain(point)
    assert {told.operation for told in first} == {"Initialized"}
    assert forced(first) == [("Initialized", "true", "Detected")]
    inputs = {told.source["InputToken"]: told.data["LogicalState"] for told in first if told.topic == INPUT}
    assert inputs == {door.input: str(door == DOOR).lower() for door in PLACE.doors()}
    book.decide(Decision(events[0].incident, "operator", events[2].at + 30, avs=3))
    told = client.drain(point)
    assert forced(told) == [("Changed", "true", "Confirmed")]
    assert [one.data["vgz:AVSLevel"] for one in told if one.topic == DECIDED] == ["3"]
    book.record(events[4:])
    told = client.drain(point)
    assert forced(told) == [("Changed", "false", "Closed")]
    assert [one.data["LogicalState"] for one in told if one.topic == INPUT] == ["false"]


def test_a_rejected_alarm_goes_out_and_a_later_one_comes_back(engine: Engine, site: Running) -> None:
    book, client, events = journal(engine), Client(site), break_in("a", count=4)
    point = client.subscribe(wanted=FORCED)
    client.drain(point)
    book.record(events[:2])
    assert forced(client.drain(point)) == [("Changed", "true", "Detected")]
    book.decide(Decision(events[0].incident, "operator", events[1].at + 1, reason=RejectReason.ANIMAL))
    assert forced(client.drain(point)) == [("Changed", "false", "Rejected")]
    book.record(events[2:3])
    assert forced(client.drain(point)) == [("Changed", "true", "Detected")]


def test_an_old_incident_that_is_decided_late_does_not_clear_the_alarm_of_a_new_one(
    engine: Engine, site: Running
) -> None:
    book, client, old = journal(engine), Client(site), break_in("a", count=5)
    book.record(old)
    book.record(break_in("b", count=3, began=BEGAN + 600))
    point = client.subscribe()
    assert forced(client.drain(point)) == [("Initialized", "true", "Detected")]
    book.decide(Decision(old[0].incident, "operator", BEGAN + 700, reason=RejectReason.OTHER))
    told = client.drain(point)
    assert [(one.topic, one.operation, one.data["vgz:Status"]) for one in told] == [(DECIDED, "", "Rejected")]
    assert told[0].data["vgz:IncidentId"] == str(incident_id("a"))


def test_an_alarm_reaches_who_waits_long_before_the_wait_is_over(engine: Engine, site: Running) -> None:
    client = Client(site)
    point = client.subscribe(wanted=FORCED)
    client.drain(point)
    with ThreadPoolExecutor() as pool:
        pull = pool.submit(lambda: (client.pull(point, patience=30.0), CLOCK.monotonic()))
        while not is_pulled(site, point):
            pass
        journal(engine).record(break_in("a", count=2))
        committed = CLOCK.monotonic()
        said, heard = pull.result(timeout=40)
    assert forced(said.messages) == [("Changed", "true", "Detected")]
    # Within 0.2 s where the machine is idle: the database is asked twice in it.
    assert EVERY_S <= 0.1
    assert heard - committed < 15.0


def test_an_empty_answer_never_comes_early_and_a_waiting_message_at_once(engine: Engine, site: Running) -> None:
    client = Client(site)
    point = client.subscribe()
    began = CLOCK.monotonic()
    assert client.pull(point, patience=20.0).messages
    assert CLOCK.monotonic() - began < 10.0
    began = CLOCK.monotonic()
    assert client.pull(point, patience=1.5).messages == []
    assert CLOCK.monotonic() - began >= 1.5


def test_twenty_subscribers_get_fifty_events_each_in_order(engine: Engine, site: Running) -> None:
    book, wanted = journal(engine), 25
    points = [Client(site).subscribe(wanted=FORCED) for _ in range(20)]

    def listen(point: str) -> list[str]:
        client, heard = Client(site), list[str]()
        while len(heard) < 2 * wanted:
            said = client.pull(point, patience=20.0, limit=7)
            assert said.status == 200
            assert len(said.messages) <= 7
            assert said.messages, "nothing for twenty seconds"
            heard += [told.data["vgz:IncidentId"] for told in said.messages if told.operation == "Changed"]
        return heard

    with ThreadPoolExecutor(max_workers=20) as pool:
        listening = [pool.submit(listen, point) for point in points]
        for number in range(wanted):
            events = break_in(f"{number}", count=5, began=BEGAN + 100.0 * number)
            book.record([events[1], events[4]])
        heard = [one.result(timeout=100) for one in listening]
    expected = [str(incident_id(f"{number}")) for number in range(wanted) for _ in range(2)]
    assert all(one == expected for one in heard)


def test_what_does_not_fit_into_a_queue_is_counted_and_comes_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pullpoint, "QUEUE_MAX", 20)
    with onvif_site(engine) as site:
        book, slow = journal(engine), Client(site)
        point = slow.subscribe(wanted=FORCED)
        for number in range(30):
            events = break_in(f"{number}", count=5, began=BEGAN + 100.0 * number)
            book.record([events[1], events[4]])
        while not site.figure("vigilanza_onvif_overflows_total"):
            threading.Event().wait(0.05)
        heard = [told.data["vgz:IncidentId"] for told in slow.drain(point, limit=9) if told.operation == "Changed"]
        assert heard == [str(incident_id(f"{number}")) for number in range(30) for _ in range(2)]
        book.record(break_in("later", count=2, began=BEGAN + 9000))
        assert [told.data["vgz:IncidentId"] for told in slow.drain(point)] == [str(incident_id("later"))]
        assert site.figure("vigilanza_onvif_overflows_total") == 1


def test_what_could_not_be_delivered_comes_again(engine: Engine, site: Running) -> None:
    """The VMS hangs up while it waits: its next pull is not refused, and gets what came meanwhile."""
    client = Client(site)
    point = client.subscribe(wanted=FORCED)
    client.drain(point)
    body = envelope(
        "<tev:PullMessages><tev:Timeout>PT60S</tev:Timeout><tev:MessageLimit>9</tev:MessageLimit></tev:PullMessages>",
        client.token(),
    )
    path = point.partition(str(site.device.port))[2]
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", site.device.port)) as line:
        line.sendall(head + body)
        while not is_pulled(site, point):
            pass
    while (said := client.pull(point, patience=0.0)).status != 200:
        assert said.subcode == "ter:OperationProhibited"
    journal(engine).record(break_in("a", count=2))
    assert forced(client.drain(point)) == [("Changed", "true", "Detected")]


def test_a_synchronization_point_tells_everything_again(engine: Engine, site: Running) -> None:
    client = Client(site)
    point = client.subscribe()
    everything = client.drain(point)
    for _ in range(3):
        assert client.simple("tev:SetSynchronizationPoint", url=point).status == 200
    journal(engine).record(break_in("a", count=2))
    client.simple("tev:SetSynchronizationPoint", url=point)
    told = client.drain(point)
    again = [one for one in told if one.operation == "Initialized"]
    assert len(again) == len(everything), "asked four times, told once"
    assert forced(again) == [("Initialized", "true", "Detected")]


def test_after_our_restart_a_vms_gets_what_it_missed(engine: Engine) -> None:
    """By Seek, from the moment of the last thing it heard of; without it, by how everything stands."""
    book, events = journal(engine), break_in("a", count=5)
    with onvif_site(engine) as site:
        client = Client(site)
        point = client.subscribe(wanted=FORCED)
        client.drain(point)
        book.record(events[:2])
        (last,) = client.drain(point)
    book.record(events[2:])
    book.decide(Decision(events[0].incident, "operator", events[-1].at + 60, avs=3))
    book.record(break_in("b", count=2, began=BEGAN + 600))
    with onvif_site(engine) as site:
        client = Client(site)
        path = point.rpartition("/")[2]
        old = f"{site.url.removesuffix('device_service')}subscription/{path}"
        assert client.pull(old).subcode == "wsrf:ResourceUnknownFault", "the VMS notices that we were away"
        point = client.subscribe(wanted=FORCED)
        assert forced(client.drain(point)) == [("Initialized", "true", "Detected")], "that of the second incident"
        assert client.simple("tev:Seek", url=point, inside=f"<tev:UtcTime>{last.at}</tev:UtcTime>").status == 200
        missed = client.drain(point)
        assert [(told.data["vgz:IncidentId"], told.data["vgz:Status"], told.data["vgz:Kind"]) for told in missed] == [
            (str(incident_id("a")), "Detected", "tampering"),
            (str(incident_id("a")), "Detected", "door_opened"),
            (str(incident_id("a")), "Detected", "entry"),
            (str(incident_id("a")), "Closed", "closed"),
            (str(incident_id("a")), "Confirmed", "closed"),
            (str(incident_id("b")), "Detected", "tampering"),
        ]
        book.record(break_in("b", count=3, began=BEGAN + 600))
        assert [told.data["vgz:Kind"] for told in client.drain(point)] == ["door_opened"], "live again"
