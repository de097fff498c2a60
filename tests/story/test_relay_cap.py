"""A control room that speaks CAP, configured as the example says, served by the relay as it runs."""

import re
import socket
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from tests.cap import OTHER, Parties, caller, parties
from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.app.relay import relay
from vigilanza.clock import SystemClock
from vigilanza.config import CapLink, Config, load
from vigilanza.domain.decision import Decision
from vigilanza.domain.errors import ConfigError
from vigilanza.lab.cap_receiver import CapReceiver
from vigilanza.lab.misbehaviour import Answer
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema_bridge import replies

EXAMPLE = (Path(__file__).parents[2] / "config" / "cameras.yaml").read_text("utf-8")


def configured(folder: Path, known: Parties, *, url: str = "https://co.example.org/cap") -> Path:
    """The example's own lines about CAP, without the # before them."""
    [one] = re.findall(r"^  # - id: polizia-locale\n(?:  #   .*\n)+", EXAMPLE, re.MULTILINE)
    [office] = re.findall(r"^# cap_office:.*\n(?:#   .*\n)+", EXAMPLE, re.MULTILINE)
    text = "site: {id: '0423', name: via Esempio 4}\ncameras: [{id: c, source: rtsp://127.0.0.1/x}]\ndestinations:\n"
    text += re.sub(r"^( *)# ", r"\1", one, flags=re.MULTILINE) + re.sub(r"^# ", "", office, flags=re.MULTILINE)
    text = text.replace("https://co.example.org/cap", url).replace("port: 8443", "port: 0")
    text = text.replace("allow_loopback: false", "allow_loopback: true")
    (folder / "ca").mkdir()
    for name, file in (
        ("vigilanza-cap.pem", known.ours.file),
        ("vigilanza.pem", known.ours.file),
        ("office.pem", known.ours.file),
        ("co.crt", known.room.public_file),
        ("comune.pem", known.room.public_file),
    ):
        (folder / "ca" / name).write_bytes(file.read_bytes())
    (folder / "cameras.yaml").write_text(text, "utf-8")
    return folder / "cameras.yaml"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return parties(tmp_path_factory.mktemp("cap"))


def test_the_example_says_how_cap_is_set(tmp_path: Path, known: Parties) -> None:
    config = load(configured(tmp_path, known), environ={})
    [endpoint] = config.destinations
    assert isinstance(endpoint.link, CapLink)
    assert endpoint.destination.reply_within == 60.0
    assert endpoint.link.peer_certificate == tmp_path / "ca" / "co.crt"
    assert config.cap_office is not None
    text = (tmp_path / "cameras.yaml").read_text("utf-8").replace("control_room", "municipal_vms")
    (tmp_path / "cameras.yaml").write_text(text.replace("reply_within: 60 ", "reply_within: null "), "utf-8")
    assert load(tmp_path / "cameras.yaml", environ={}).destinations[0].destination.reply_within is None
    assert config.cap_office.certificate == tmp_path / "ca" / "office.pem"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("sender: vigilanza@aler.example.it ", "sender: 'vigilanza, aler' ", "destinations[0].sender"),
        ("reply_within: 60", "reply_within: 1", "destinations[0].reply_within: must be at least 10"),
        ("ca/co.crt", "ca/nobody.crt", "destinations[0].peer_certificate_file: no such file"),
        ("kind: control_room", "kind: municipal_vms", "destinations[0].reply_within: only a control_room"),
        ("channel: cap", "channel: webhook", "cap_office: no destination has channel: cap"),
        ("allow_loopback: true", "allow_loopback: false", "destinations[0].url: points to this machine"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, known: Parties, old: str, new: str, told: str) -> None:
    path = configured(tmp_path, known, url="https://localhost:1/cap")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ConfigError, match=re.escape(told)):
        load(path, environ={})


def test_two_rooms_with_one_certificate_are_refused(tmp_path: Path, known: Parties) -> None:
    path = configured(tmp_path, known)
    text = path.read_text("utf-8")
    block = text[text.index("  - id:") : text.index("cap_office:")]
    path.write_text(text.replace(block, block + block.replace("polizia-locale", OTHER.id)), "utf-8")
    with pytest.raises(ConfigError, match="other: has a certificate of polizia-locale"):
        relay(load(path, environ={}), clock=SystemClock(), stop=threading.Event())


def test_a_message_goes_out_and_its_ack_comes_in(tmp_path: Path, known: Parties) -> None:
    ours, clock, stop = known.ours.public_file, SystemClock(), threading.Event()
    with CapReceiver(party=known.room, caller=ours, signer=ours, clock=clock) as room:
        room.script(Answer(503))
        path = configured(tmp_path, known, url=room.url)
        path.write_text(path.read_text("utf-8").replace("port: 0", f"port: {(port := free_port())}"), "utf-8")
        config = load(path, environ={})
        served = threading.Thread(target=relay, args=(config,), kwargs={"clock": clock, "stop": stop}, daemon=True)
        served.start()
        try:
            confirm(config, at=clock.now())
            message = room.wait_for(1)[0]
            ack = known.room.reply([message.name], at=clock.now())
            wait_until("the office to listen", lambda: listens(port))
            assert _brought(known, port, known.room.sign(ack)).status_code == 200
        finally:
            stop.set()
            served.join(30)
        assert not served.is_alive()
    engine = open_database(config.storage.database)
    with engine.connect() as connection:
        assert [row.kind for row in connection.execute(select(replies))] == ["ack"]
    assert Outbox(engine).standing("polizia-locale").owed == 0


def confirm(config: Config, *, at: float) -> None:
    destinations = [endpoint.destination for endpoint in config.destinations]
    engine = open_database(config.storage.database)
    journal = Journal(engine=engine, destinations=destinations, clock=FakeClock(at), site="0423")
    journal.record(break_in("a", count=4, began=at - 60))
    journal.decide(Decision(incident_id("a"), "operator-017", at, avs=3))


def _brought(known: Parties, port: int, document: bytes) -> httpx.Response:
    with caller(known.room, known.ours) as client:
        return client.post(f"https://localhost:{port}/cap", content=document)


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
