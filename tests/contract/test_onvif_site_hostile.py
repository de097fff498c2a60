"""What strangers may send to the ONVIF device: bombs, floods and rubbish. It answers, and goes on."""

import random
import resource
import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.bombs import bombs
from tests.onvif_site import Client, Running, envelope, onvif_site
from vigilanza.bridge.onvif_device.soap import NAMESPACES, REQUEST_MAX_BYTES
from vigilanza.store.database import open_database

GOOD = envelope("<tds:GetSystemDateAndTime/>")
BODY = f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Body><x>%s</x></s:Body></s:Envelope>'
BOMBS = {
    **bombs(BODY),
    "soap 1.1": (BODY % "").replace(NAMESPACES["s"], "http://schemas.xmlsoap.org/soap/envelope/").encode(),
    "html": b"<html>",
    "nothing": b"",
    "no body": f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"/>'.encode(),
}
SEED, ROUNDS = 423, 400


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('site')}/vigilanza.db")
    with onvif_site(engine) as it:
        yield it


@pytest.fixture
def site(device: Running) -> Iterator[Running]:
    """The same for all tests, after each of which it still answers."""
    yield device
    assert Client(device).post(GOOD).status == 200


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_unopened(site: Running, bomb: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = Client(site).post(BOMBS[bomb])
    assert (said.status, said.subcode) in ((400, "ter:WellFormed"), (401, "ter:NotAuthorized"))
    assert b"root:" not in said.raw
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


@pytest.mark.parametrize(
    "said",
    [b"Digest username=", b"Digest username=\xff", b'Digest username="', b"Digest", b"Digest ,,,=,", b"Basic eA=="],
)
def test_who_says_nothing_sensible_about_themselves_is_asked_who_they_are(site: Running, said: bytes) -> None:
    asked = httpx.Request("POST", site.url, content=envelope("<tds:GetUsers/>"), headers=[(b"Authorization", said)])
    with httpx.Client(trust_env=False) as client:
        assert client.send(asked).status_code == 401


def test_more_than_a_megabyte_is_refused(site: Running) -> None:
    assert REQUEST_MAX_BYTES == 1_000_000
    assert Client(site).post(GOOD.replace(b"</s:Body>", b" " * 10_000_000 + b"</s:Body>")).status == 413
    assert Client(site).post(GOOD.replace(b"</s:Body>", b" " * 900_000 + b"</s:Body>")).status == 200


def test_other_methods_and_paths_are_refused(site: Running) -> None:
    base = site.url.removesuffix("/onvif/device_service")
    assert httpx.get(site.url, trust_env=False).status_code == 405
    for path in ("/", "/metrics", "/onvif", "/../etc/passwd"):
        assert httpx.post(f"{base}{path}", content=GOOD, trust_env=False).status_code == 404


def test_spoilt_requests_never_break_it(site: Running) -> None:
    """Each is a good one of which some bytes were changed, removed or doubled; the seed makes them always the same."""
    client, chance = Client(site), random.Random(SEED)
    kinds = [
        *(GOOD, envelope("<tev:CreatePullPointSubscription/>", client.token())),
        envelope("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>"),
    ]
    statuses = set()
    for _ in range(ROUNDS):
        raw = bytearray(chance.choice(kinds))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(raw))
            match chance.randrange(4):
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randint(1, 40)]
                case 2:
                    raw[at:at] = raw[at : at + chance.randint(1, 40)]
                case _:
                    raw[at:at] = bytes(chance.choices(b"<>&'\"/=!?[]:\0\xff{}", k=chance.randint(1, 5)))
            raw = raw or bytearray(b"<")
        statuses.add(client.post(bytes(raw)).status)
    assert statuses <= {200, 400, 401, 429, 500}
    assert 400 in statuses
    assert site.figure("vigilanza_onvif_answers_total", status="400") > 0


def test_rubbish_instead_of_http_is_no_matter(site: Running) -> None:
    chance = random.Random(SEED)
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", site.device.port)) as line:
            line.sendall(chance.randbytes(chance.randint(1, 2000)))


def test_who_sends_half_a_request_and_waits_holds_up_nobody(site: Running) -> None:
    head = f"POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nContent-Length: {len(GOOD)}\r\n\r\n".encode()
    lines = [socket.create_connection(("127.0.0.1", site.device.port)) for _ in range(20)]
    for line in lines:
        line.sendall(head + GOOD[:50])
    assert Client(site).post(GOOD).status == 200
    for line in lines:
        line.close()
