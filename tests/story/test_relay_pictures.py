"""A control room gets a message with links, follows them, and has what the message says: relay and web as they run."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from lxml import etree

from tests.cap import Parties, caller, parties
from tests.commands import wait_until
from tests.samples import incident_id
from tests.story.test_relay_cap import configured, confirm, free_port, listens
from tests.webhook import SECRET
from vigilanza.app.relay import relay
from vigilanza.app.web import web
from vigilanza.clock import SystemClock
from vigilanza.config import Config, load
from vigilanza.lab.cap_party import CAP
from vigilanza.lab.cap_receiver import CapReceiver
from vigilanza.lab.city import StubCity
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore

KEY = "0123456789abcdef0123456789abcdef"
ROOM = "polizia-locale"
CLIP, JPEG = b"clip" * 100_000, b"\xff\xd8still"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return parties(tmp_path_factory.mktemp("cap"))


@contextmanager
def running(part: Callable[..., int], config: Config) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=part, args=(config,), kwargs={"clock": SystemClock(), "stop": stop}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def with_links(folder: Path, known: Parties, room: CapReceiver, port: int) -> Config:
    """The example's lines about CAP, pictures among them, and a web part that shows them."""
    path = configured(folder, known, url=room.url)
    more = f"web: {{port: {port}, public_url: 'http://127.0.0.1:{port}', pictures_key_env: PICTURES_KEY}}\n"
    text = path.read_text("utf-8").replace("port: 0", f"port: {free_port()}")
    assert text.count("\n    # pictures: 900 ") == 1
    path.write_text(text.replace("# pictures:", "pictures:") + more, "utf-8")
    return load(path, environ={"PICTURES_KEY": KEY})


def fetched_again(known: Parties, config: Config, identifier: str) -> list[str]:
    """The links of a message that the room fetches at the office."""
    assert config.cap_office is not None
    port = config.cap_office.port
    wait_until("the office to listen", lambda: listens(port))
    with caller(known.room, known.ours) as client:
        answer = client.get(f"https://localhost:{port}/cap/{identifier}")
    assert answer.status_code == 200
    return [str(one.text) for one in etree.fromstring(answer.content).iter(f"{{{CAP}}}uri")]


def records(config: Config, action: str) -> list[AuditRecord]:
    chain = AuditChain(engine=open_database(config.storage.database), clock=SystemClock())
    return [record for record in chain.latest() if record.action == action]


def keep_pictures(config: Config, at: float) -> None:
    engine = open_database(config.storage.database)
    media = MediaStore(root=config.storage.media, engine=engine, clock=SystemClock())
    media.add(incident=incident_id("a"), kind="clip", start=at - 75, end=at, content=CLIP, suffix=".mp4")
    media.add(incident=incident_id("a"), kind="still", start=at - 50, end=at - 50, content=JPEG, suffix=".jpg")


def test_the_links_of_a_message_lead_to_what_it_says(tmp_path: Path, known: Parties) -> None:
    ours, clock, got = known.ours.public_file, SystemClock(), []
    with ExitStack() as stack:
        room = stack.enter_context(CapReceiver(party=known.room, caller=ours, signer=ours, clock=clock))
        config = with_links(tmp_path, known, room, port := free_port())
        keep_pictures(config, clock.now())
        confirm(config, at=clock.now())
        stack.enter_context(running(relay, config))
        stack.enter_context(running(partial(web, environ={}), config))
        wait_until("web to listen", lambda: listens(port))
        [message] = room.wait_for(1)
        assert (room.invalid, room.unverified) == (0, 0)
        for resource in message.message.findall(f"{{{CAP}}}info[1]/{{{CAP}}}resource"):
            told = {child.tag.removeprefix(f"{{{CAP}}}"): str(child.text) for child in resource}
            answer = httpx.get(told["uri"])
            assert (answer.status_code, answer.headers["content-type"]) == (200, told["mimeType"])
            assert (str(len(answer.content)), hashlib.sha1(answer.content).hexdigest()) == (
                told["size"],
                told["digest"],
            )
            got.append(answer.content)
            assert httpx.get(told["uri"] + "x").status_code == 404
        assert got == [CLIP, JPEG]
        assert [record.who for record in records(config, "picture.fetched")] == [f"destination/{ROOM}"] * 2
        uris = fetched_again(known, config, str(message.text("identifier")))
        assert [httpx.get(uri).content for uri in uris[:2]] == [CLIP, JPEG]
        wait_until("the wrong links to be written down", lambda: records(config, "login.failed"))
    [begun], [ended] = records(config, "login.failed"), records(config, "login.guessed")
    assert (begun.who, begun.subject) == (ended.who, ended.subject) == ("127.0.0.1", "pictures")
    assert '"failures":2' in ended.detail


def test_a_webhook_is_sent_links_once_the_incident_is_confirmed(tmp_path: Path) -> None:
    with ExitStack() as stack:
        city = stack.enter_context(StubCity(directory=tmp_path / "city", secret=SECRET))
        port, clock = free_port(), SystemClock()
        (tmp_path / "cameras.yaml").write_text(
            "site: {id: '0423', name: via Esempio 4}\ncameras: [{id: c, source: rtsp://127.0.0.1/x}]\n"
            f"destinations: [{{id: vms, kind: municipal_vms, channel: webhook, url: '{city.url}', secret_env: S, "
            f"ca_file: '{city.ca_file}', allow_loopback: true, pictures: 600}}]\n"
            f"web: {{port: {port}, public_url: 'http://127.0.0.1:{port}', pictures_key_env: PICTURES_KEY}}\n",
            "utf-8",
        )
        config = load(tmp_path / "cameras.yaml", environ={"PICTURES_KEY": KEY, "S": SECRET})
        keep_pictures(config, clock.now())
        confirm(config, at=clock.now())
        stack.enter_context(running(relay, config))
        stack.enter_context(running(partial(web, environ={}), config))
        wait_until("web to listen", lambda: listens(port))
        *before, last = [one.event["data"] for one in city.wait_for(5)]
        assert [data.get("pictures") for data in before] == [None] * 4
        assert [hashlib.sha256(httpx.get(one["uri"]).content).hexdigest() for one in last["pictures"]] == [
            one["sha256"] for one in last["pictures"]
        ]
        assert [one["kind"] for one in last["pictures"]] == ["clip", "still"]
