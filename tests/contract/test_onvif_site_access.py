"""Who is let in by the ONVIF device: digest and UsernameToken, each of their tricks, and a flood of guesses."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.onvif_site import PASSWORD, USER, Client, Running, Said, onvif_site
from tests.onvif_site import token as signed
from vigilanza.bridge.onvif_device.digest import GOOD_FOR_S, REALM
from vigilanza.bridge.throttle import ALLOWED_AT_ONCE, ONE_MORE_AFTER_S
from vigilanza.clock import SystemClock
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database

ASKED = "<tds:GetUsers/>"
PATH = "/onvif/device_service"


class ShiftedClock(SystemClock):
    """The machine's clock and what it is made to be ahead."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def site(engine: Engine, clock: ShiftedClock) -> Iterator[Running]:
    with onvif_site(engine, clock=clock) as it:
        yield it


def challenges(said: Said) -> list[dict[str, str]]:
    """The parameters of each WWW-Authenticate header."""
    found = []
    for value in said.headers.get_list("www-authenticate"):
        scheme, _, rest = value.partition(" ")
        assert scheme == "Digest"
        pairs = (part.strip().partition("=") for part in rest.split(","))
        found.append({key: text.strip('"') for key, _, text in pairs})
    return found


def digest(challenge: dict[str, str], *, count: str = "00000001", **other: str) -> str:
    """An Authorization header of RFC 7616; `other` replaces user, password, nonce, uri or realm."""
    how = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[challenge["algorithm"]]

    def hashed(text: str) -> str:
        return how(text.encode()).hexdigest()

    user, password = other.get("user", USER), other.get("password", PASSWORD)
    nonce, uri = other.get("nonce", challenge["nonce"]), other.get("uri", PATH)
    ours, asked = hashed(f"{user}:{REALM}:{password}"), hashed(f"POST:{uri}")
    response = hashed(f"{ours}:{nonce}:{count}:abc:auth:{asked}")
    return (
        f'Digest username="{user}", realm="{REALM}", nonce="{nonce}", uri="{uri}", response="{response}", '
        f'algorithm={challenge["algorithm"]}, qop=auth, nc={count}, cnonce="abc"'
    )


def challenge(client: Client, algorithm: str = "MD5") -> dict[str, str]:
    return next(one for one in challenges(client.ask(ASKED, token="")) if one["algorithm"] == algorithm)


def by_digest(client: Client, header: str) -> Said:
    return client.ask(ASKED, token="", headers={"authorization": header})


def test_who_says_nothing_is_asked_with_two_challenges(site: Running) -> None:
    said = Client(site).ask(ASKED, token="")
    assert said.status == 401
    assert [one["algorithm"] for one in challenges(said)] == ["MD5", "SHA-256"]
    assert all(one["qop"] == "auth" for one in challenges(said))
    assert said.subcode == "ter:NotAuthorized"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_digest_counts_up_and_is_not_heard_twice(site: Running, algorithm: str) -> None:
    client = Client(site)
    asked = challenge(client, algorithm)
    assert by_digest(client, digest(asked)).status == 200
    assert by_digest(client, digest(asked)).status == 401, "replayed"
    assert by_digest(client, digest(asked, count="00000002")).status == 200
    assert site.figure("vigilanza_onvif_refused_total", reason="replayed") == 1


def test_another_clients_own_digest_is_understood(site: Running) -> None:
    client = Client(site)
    auth = httpx.DigestAuth(USER, PASSWORD)
    assert [client.ask(ASKED, token="", auth=auth).status for _ in range(3)] == [200, 200, 200]
    assert client.ask(ASKED, token="", auth=httpx.DigestAuth(USER, "guess")).status == 401


def test_an_old_nonce_is_stale_and_the_next_one_good(site: Running, clock: ShiftedClock) -> None:
    client = Client(site)
    asked = challenge(client)
    clock.ahead += GOOD_FOR_S + 1
    said = by_digest(client, digest(asked))
    assert (said.status, challenges(said)[0]["stale"]) == (401, "true")
    assert by_digest(client, digest(challenges(said)[0])).status == 200


@pytest.mark.parametrize(
    "wrong",
    [{"password": "guess"}, {"user": "nobody"}, {"nonce": "mine"}, {"uri": "/onvif/media"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_digest_that_is_wrong_in_one_thing_is_refused(site: Running, wrong: dict[str, str]) -> None:
    client = Client(site)
    assert by_digest(client, digest(challenge(client), **wrong)).status == 401


@pytest.mark.parametrize("header", ["Digest", "Digest nonsense", "Basic dm1zOng=", 'Digest username="vms"', "Bearer x"])
def test_a_header_that_is_no_digest_is_refused(site: Running, header: str) -> None:
    assert by_digest(Client(site), header).status == 401


def test_a_token_counts_once_and_near_our_clock(site: Running) -> None:
    client = Client(site)
    one = client.token()
    assert client.ask(ASKED, token=one).status == 200
    assert client.ask(ASKED, token=one).status == 401, "replayed"
    assert client.ask(ASKED, token=client.token(skew=-50)).status == 200
    assert client.ask(ASKED, token=client.token(skew=50)).status == 200
    for skew in (-70.0, 70.0):
        assert client.ask(ASKED, token=client.token(skew=skew)).status == 401
    assert site.figure("vigilanza_onvif_refused_total", reason="replayed") == 1
    assert site.figure("vigilanza_onvif_refused_total", reason="clock") == 2


@pytest.mark.parametrize("without", ["Nonce", "Created", "Password", "Username"])
def test_a_token_that_lacks_something_is_refused(site: Running, without: str) -> None:
    client = Client(site)
    assert client.ask(ASKED, token=client.token(without=[without])).status == 401


def test_a_password_in_the_clear_is_no_proof(site: Running) -> None:
    client = Client(site)
    plain = client.token(without=["Password"]).replace(
        "</wsse:UsernameToken>", f"<wsse:Password>{PASSWORD}</wsse:Password></wsse:UsernameToken>"
    )
    assert client.ask(ASKED, token=plain).status == 401


def test_who_brings_both_must_be_right_in_both(site: Running) -> None:
    client = Client(site)
    good = digest(challenge(client))
    bad_token = signed(USER, "guess")
    assert client.ask(ASKED, token=bad_token, headers={"authorization": good}).status == 401
    bad = digest(challenge(client), password="guess")
    assert client.ask(ASKED, headers={"authorization": bad}).status == 401
    assert client.ask(ASKED, headers={"authorization": digest(challenge(client))}).status == 200


def audited(engine: Engine, action: str) -> list[tuple[str, int]]:
    """Who, and how often it was wrong."""
    records = AuditChain(engine=engine, clock=SystemClock()).latest()
    return [(one.who, json.loads(one.detail)["failures"]) for one in records if one.action == action]


def test_a_thousand_guesses_are_counted_audited_and_hardly_any_is_looked_at(
    engine: Engine, site: Running, clock: ShiftedClock
) -> None:
    client, guess = Client(site), Client(site, password="guess")
    answers = [guess.ask(ASKED).status for _ in range(1000)]
    looked_at = answers.count(401)
    assert ALLOWED_AT_ONCE <= looked_at < ALLOWED_AT_ONCE + 30
    assert answers.count(429) == 1000 - looked_at
    refused = [site.figure("vigilanza_onvif_refused_total", reason=reason) for reason in ("wrong", "throttled")]
    assert refused == [looked_at, 1000 - looked_at]
    shut = client.ask(ASKED)
    assert (shut.status, shut.headers["retry-after"]) == (429, "60"), "from this address nobody is listened to"
    assert client.ask("<tds:GetSystemDateAndTime/>", token="").status == 200
    wait_until("the burst to be on record", lambda: audited(engine, "login.failed") == [("127.0.0.1", 1)])
    clock.ahead += ONE_MORE_AFTER_S * (ALLOWED_AT_ONCE + 1)
    assert client.ask(ASKED, token=client.token(skew=clock.ahead)).status == 200
    wait_until("its end to be on record", lambda: audited(engine, "login.guessed") == [("127.0.0.1", 1001)])
    assert AuditChain(engine=engine, clock=clock).verify() == 2


def test_no_password_is_in_any_answer(site: Running) -> None:
    client = Client(site)
    said = [client.ask(ASKED), client.ask(ASKED, token=""), client.ask(ASKED, token=signed(USER, "guess"))]
    assert not [one for one in said if PASSWORD.encode() in one.raw]
