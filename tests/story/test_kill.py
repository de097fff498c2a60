"""The parts are killed between any two hops: every event is recorded once, every alert arrives, nothing is doubled."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, configuration, wait_until
from tests.samples import break_in
from tests.webhook import SECRET
from vigilanza.app.learnedfolder import learned_folder
from vigilanza.app.registry import DetectorNeeds, open_detectors
from vigilanza.app.replay import choose_camera, frames_of
from vigilanza.clock import SystemClock
from vigilanza.config import Config, load
from vigilanza.detect.movenet_onnx import open_movenet
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.events import Event, event_from_json
from vigilanza.domain.incident import Policy
from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.misbehaviour import CutAfterAccept
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal

CLIP = "dev_pos_two_fast_kick"
"""Nobody there until 3 s, at the door from 6 s, forced at 10.6 s, inside at 12.9 s; then the door stays open."""
FORCED_AT, ALONE_UNTIL = 10.9, 2.9
VMS = Destination("vms", DestinationKind.MUNICIPAL_VMS)


@contextmanager
def camera(*, port: int = 0, offset: float = 0.0) -> Iterator[CameraServer]:
    """Shows the clip from `offset` seconds on to whoever comes first, and its end for ever."""
    with CameraServer(
        {"/cam": VIDEOS / f"{CLIP}.mp4"},
        begin="first_play",
        ending="hold",
        offset=offset,
        port=port,
        user=USER,
        password=CAMERA_PASSWORD,
    ) as server:
        yield server


def watching(config: Path) -> Command:
    return Command("watch", "--config", config, folder=config.parent)


def recorded(config: Path) -> list[Event]:
    """All events of the journal about the sealed door, in the order they were recorded."""
    with closing(sqlite3.connect(config.parent / "vigilanza.db")) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchall():
            return []
        bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM events ORDER BY rowid")]
    return [event for event in map(event_from_json, bodies) if event.door is not None]


def at_least(config: Path, count: int) -> list[Event]:
    """The recorded events, once there are so many."""

    def enough() -> list[Event]:
        events = recorded(config)
        return events if len(events) >= count else []

    return wait_until(f"{count} events in the journal", enough)


def assert_one_incident(events: list[Event]) -> None:
    """Of one door: one incident, numbered without a gap, no id twice."""
    assert len({event.incident for event in events}) == 1
    assert [event.sequence for event in events] == list(range(len(events)))
    assert len({event.id for event in events}) == len(events)


def learn_the_door(config: Path) -> None:
    """Leave the sealed reference behind as a watch does that saw the landing while nobody was there."""
    settings = load(config, environ={}, offline=True)
    cam = choose_camera(settings, None)
    needs = DetectorNeeds(people=open_movenet(), state=learned_folder(settings, cam.id))
    pipeline = Pipeline(camera=cam.id, doors=cam.doors, detectors=open_detectors(needs), policy=Policy())
    frames = frames_of(VIDEOS / f"{CLIP}.mp4", cam)
    began = next(frames).at
    for frame in frames:
        if frame.at - began > ALONE_UNTIL:
            break
        assert pipeline.process(frame) == []
    assert list(settings.storage.state.rglob("door-*.npz"))


def test_a_watch_killed_as_the_door_opens_raises_it_after_its_restart(tmp_path: Path) -> None:
    with camera() as server:
        config = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        with watching(config) as watch:
            began = wait_until("the first viewer", lambda: server.started_at)
            wait_until("the door to be forced", lambda: SystemClock().now() > began + FORCED_AT)
            watch.kill()
        before = recorded(config)
        assert "door_opened" not in {event.kind for event in before}
        with watching(config) as watch:
            events = at_least(config, len(before) + 1)
            assert watch.end() == 0
    assert events[len(before)].kind == "door_opened"
    assert_one_incident(events)


def test_a_watch_killed_with_an_open_incident_goes_on_with_it(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    learn_the_door(config)
    with camera(offset=15.0) as server:
        config = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        with watching(config) as watch:
            at_least(config, 1)
            watch.kill()
        port = server.port
    with camera(offset=3.5, port=port), watching(config) as watch:
        events = at_least(config, 2)
        assert watch.end() == 0
    assert [event.kind for event in events] == ["door_opened", "entry"]
    assert_one_incident(events)


def test_a_watch_killed_while_the_journal_is_away_keeps_what_it_saw(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    learn_the_door(config)
    spool = tmp_path / "state" / "events.spool"
    with camera(offset=15.0) as server:
        config = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        with watching(config) as watch:
            watch.said("camera alive")
            with closing(sqlite3.connect(tmp_path / "vigilanza.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                written = wait_until("the event on disk", lambda: whole_lines(spool))
                watch.kill()
        assert recorded(config) == []
        with watching(config) as watch:
            watch.said("camera alive")
            events = at_least(config, 1)
            wait_until("the spool to be empty", lambda: not whole_lines(spool))
            port = server.port
    with camera(offset=3.5, port=port), watching(config) as watch:
        events = at_least(config, 2)
        assert watch.end() == 0
    assert events[0].id == UUID(written[0]["id"])
    assert_one_incident(events)


def whole_lines(spool: Path) -> list[dict[str, Any]]:
    """The events on disk: each line is a checksum and the event's JSON."""
    return [json.loads(line[9:]) for line in spool.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def test_a_relay_killed_between_claim_and_receipt_loses_and_changes_nothing(tmp_path: Path) -> None:
    """Killed after the city took an alert of one incident, and again at another; and once the answer is cut off."""
    running: list[Command] = []

    def kill(alert: ReceivedAlert) -> None:
        # The city has it, its answer is not yet sent.
        if len(stub.received) in (1, 4):
            running[-1].kill()

    with StubCity(directory=tmp_path / "city", secret=SECRET, on_alert=kill) as stub:
        config = configuration(tmp_path, CLIP, cities={"vms": stub})
        owe_alerts(load(config, environ=ENVIRON))
        for _ in range(3):
            running.append(Command("relay", "--config", config, folder=tmp_path))
            with running[-1] as relay:
                if len(running) < 3:
                    relay.process.wait(60)
                else:
                    stub.script(CutAfterAccept())
                    stub.wait_for(15, timeout=90)
                    wait_until("all receipts", lambda: not owed(config))
                    assert relay.end() == 0
        assert (stub.duplicates, stub.contradictions) == (3, 0)
        assert_in_order(stub.received)


def owe_alerts(settings: Config) -> None:
    """Record three break-ins."""
    engine = open_database(settings.storage.database)
    journal = Journal(engine=engine, destinations=[VMS], clock=SystemClock(), site="0423")
    for name in ("a", "b", "c"):
        journal.record(break_in(name))
    engine.dispose()


def owed(config: Path) -> int:
    """Alerts without a receipt."""
    with closing(sqlite3.connect(config.parent / "vigilanza.db")) as database:
        return int(database.execute("SELECT count(*) FROM deliveries WHERE state != 'acknowledged'").fetchone()[0])


def assert_in_order(received: list[ReceivedAlert]) -> None:
    order = defaultdict(list)
    for alert in received:
        order[alert.event["subject"]].append(int(alert.event["sequence"]))
    assert list(order.values()) == [[0, 1, 2, 3, 4]] * 3
