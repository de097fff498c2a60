"""Who may ask the web API for anything, and how strangers are kept out."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from tests.contract.api_client import LOGIN, OPEN, Counter, counter_of, filled, knock
from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, Scene, furnish, lingering
from tests.fakes import FakeClock
from vigilanza.store.accounts import BARRED_MAX_SECONDS, PASSWORD_MIN, Accounts
from vigilanza.web.auth import COOKIE, PROOF_HEADER
from vigilanza.web.permit import routes_of
from vigilanza.web.sessions import CHECKS_AT_ONCE
from vigilanza.web.setup import ATTEMPTS, SetupCode
from vigilanza.web.shield import BODY_LIMIT_BYTES


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, setup=SetupCode(CODE))


def routes(room: Room) -> list[tuple[str, str]]:
    """(method, path) of every route."""
    found = [(route.method, route.path) for route in routes_of(room.app)]
    assert len(found) >= 20
    return found


def test_every_route_wants_a_session(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    for cookies in ({}, {COOKIE: "invented"}):
        client = counter.stranger()
        client.cookies.update(cookies)
        for method, path in routes(room):
            if path in OPEN:
                continue
            if method == "WS":
                assert knock(client, filled(path)) == (401, "signed_out"), path
                continue
            body = {"avs": 3} if "confirm" in path else {"reason": "test"} if "reject" in path else {"why": "because"}
            # Metrics are open on this machine only.
            elsewhere = {"X-Forwarded-For": "10.1.2.3"}
            answer = client.request(method, filled(path), json=body if method == "POST" else None, headers=elsewhere)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out"), (method, path)


def test_every_change_wants_proof_of_its_origin(room: Room, counter: Counter) -> None:
    client = counter.operator()
    refused = [
        {PROOF_HEADER: ""},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": f"{counter.url}.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    for method, path in routes(room):
        if method in ("GET", "WS"):  # of WebSockets test_live_line.py says it
            continue
        for headers in refused:
            answer = client.request(method, filled(path), json=LOGIN, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged"), (path, headers)
    allowed = {"Origin": counter.url, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/login", json=LOGIN, headers=allowed).status_code == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_session_cookie_is_out_of_reach(room: Room, counter: Counter, scheme: str) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    answer = counter.stranger().post("/api/login", json=LOGIN, headers={"X-Forwarded-Proto": scheme})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ("secure" in cookie) is (scheme == "https")
    assert ("strict-transport-security" in answer.headers) is (scheme == "https")


def test_signing_out_ends_the_session_everywhere(room: Room, counter: Counter) -> None:
    client = counter.operator()
    copy = counter.stranger()
    copy.cookies.update(client.cookies)
    assert copy.get("/api/session").json()["operator"] == OPERATOR
    assert client.post("/api/logout").status_code == 200
    assert COOKIE not in client.cookies
    assert client.get("/api/session").status_code == 401
    assert copy.get("/api/session").status_code == 401


def test_guessing_passwords_bars_the_account_for_a_while(room: Room, counter: Counter, clock: FakeClock) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    client = counter.stranger()
    for _ in range(8):
        wrong = client.post("/api/login", json={"name": OPERATOR, "password": "a guess"})
        assert wrong.json()["error"]["code"] == "wrong_credentials"
    barred = client.post("/api/login", json=LOGIN)
    unknown = client.post("/api/login", json={"name": "nobody", "password": "a guess"})
    assert barred.status_code == unknown.status_code == 403
    assert barred.text == unknown.text
    clock.advance(BARRED_MAX_SECONDS)
    assert client.post("/api/login", json=LOGIN).status_code == 200


def test_first_operator_needs_the_code_and_there_is_one_first_only(room: Room, counter: Counter) -> None:
    client = counter.stranger()
    short = client.post("/api/setup", json={"code": CODE, "name": OPERATOR, "password": "x" * (PASSWORD_MIN - 1)})
    assert (short.status_code, short.json()["error"]["field"]) == (422, "password")
    odd = client.post("/api/setup", json={"code": CODE, "name": "a b", "password": PASSWORD})
    assert odd.json()["error"]["field"] == "name"
    wrong = client.post("/api/setup", json=LOGIN | {"code": "AAAA-AAAA-AAAA"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "wrong_setup_code")
    assert client.post("/api/setup", json=LOGIN | {"code": CODE.lower().replace("-", " ")}).status_code == 200
    assert client.get("/api/session").json()["operator"] == OPERATOR
    again = counter.stranger().post("/api/setup", json={"code": CODE, "name": "second", "password": PASSWORD})
    assert (again.status_code, again.json()["error"]["code"]) == (403, "setup_closed")


def test_guessing_the_code_voids_it(room: Room, counter: Counter) -> None:
    client = counter.stranger()
    for _ in range(ATTEMPTS):
        assert client.post("/api/setup", json=LOGIN | {"code": "nope"}).status_code == 403
    right = client.post("/api/setup", json=LOGIN | {"code": CODE})
    assert right.json()["error"]["code"] == "setup_closed"
    assert not room.accounts.has_any()


def test_codes_are_drawn_anew() -> None:
    codes = {SetupCode.draw().text for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 14 for code in codes)


def test_every_answer_keeps_browsers_strict(room: Room, counter: Counter) -> None:
    client = counter.stranger()
    for path in ("/", "/static/app.js", "/locale/it.json", "/api/incidents", "/nowhere"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] in ("no-store", "no-cache")


def test_oversized_and_unmeasured_bodies_are_refused(room: Room, counter: Counter) -> None:
    client = counter.stranger()
    large = client.post("/api/login", content=b"x" * (BODY_LIMIT_BYTES + 1))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    unmeasured = client.post("/api/login", content=(piece for piece in [b"{}"]))
    assert (unmeasured.status_code, unmeasured.json()["error"]["code"]) == (411, "length_required")


def test_stream_says_what_changed_until_the_session_ends(tmp_path: Path) -> None:
    for room in furnish(tmp_path / "live"):
        with counter_of(room, live=True) as counter:
            assert counter.stranger().get("/api/stream").status_code == 401
            client = counter.operator()
            with client.stream("GET", "/api/stream") as stream:
                lines = stream.iter_lines()
                assert next(lines) == "event: changed"
                before = next(lines)
                room.journal.record(lingering(Scene("C1", "0423.B.03.12", room.clock.now())))
                assert next(line for line in lines if line == "event: changed")
                assert next(lines) != before
                room.accounts.close_session(client.cookies[COOKIE])
                rest = [line for line in islice(lines, 6) if line.startswith("event")]
                assert len(rest) <= 1, "what was on its way"


def test_streams_are_bounded_and_the_refused_are_counted(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    client = counter.operator()
    monkeypatch.setattr("vigilanza.web.live.STREAMS_AT_ONCE", 0)
    refused = client.get("/api/stream")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_streams")
    assert "vigilanza_web_streams_refused 1.0" in client.get("/metrics").text


def test_flood_of_sign_ins_does_not_wait(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    client = counter.operator()
    at_work, go_on = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> bool:
        at_work.release()
        return go_on.wait(20) and False

    monkeypatch.setattr(Accounts, "authenticate", slow)
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(counter.stranger().post, "/api/login", json=LOGIN) for _ in range(CHECKS_AT_ONCE)]
        for _ in others:
            assert at_work.acquire(timeout=20)
        assert client.post("/api/login", json=LOGIN).json()["error"]["code"] == "busy"
        assert client.get("/api/incidents").status_code == 200
        go_on.set()
        assert {other.result().status_code for other in others} == {403}


def test_api_describes_itself_to_operators(room: Room, counter: Counter) -> None:
    client = counter.operator()
    described = client.get("/api/openapi.json").json()
    assert "/api/incidents/{incident_id}/confirm" in described["paths"]
    assert PROOF_HEADER in described["info"]["description"]
