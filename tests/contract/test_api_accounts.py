"""Accounts as the supervisor keeps them, one-time codes at the door, and tokens for programs of others."""

import base64
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.contract.api_client import COLLEAGUE, Counter, counter_of
from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, Scene, furnish, lingering
from tests.fakes import FakeClock
from vigilanza.domain.role import Role
from vigilanza.store.accounts import FREE_FAILURES
from vigilanza.store.secondfactor import SecondFactors
from vigilanza.web.auth import PROOF_HEADER
from vigilanza.web.bearer import PER_MINUTE
from vigilanza.web.setup import SetupCode

CONSOLE = "console/anna"


def app_of(address: str) -> TOTP:
    """An authenticator app that was shown the address."""
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30)


def sign_in(client: httpx.Client, code: str | None = None, name: str = OPERATOR) -> str:
    """The error's code; empty if it worked."""
    body = {"name": name, "password": PASSWORD} | ({} if code is None else {"code": code})
    answer = client.post("/api/login", json=body)
    return "" if answer.is_success else str(answer.json()["error"]["code"])


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["error"]["code"])


def test_a_supervisor_makes_accounts_and_changes_roles(room: Room, counter: Counter) -> None:
    supervisor = counter.operator()
    body = {"name": COLLEAGUE, "password": PASSWORD, "roles": ["operator"]}
    assert supervisor.post("/api/accounts", json=body).status_code == 200
    colleague = counter.signed_in(COLLEAGUE)
    assert colleague.get("/api/accounts").status_code == 403
    changed = supervisor.post(f"/api/accounts/{COLLEAGUE}/roles", json={"add": ["auditor"], "remove": ["operator"]})
    assert changed.json() == {"name": COLLEAGUE, "roles": ["auditor"]}
    listed = {one["name"]: one["roles"] for one in supervisor.get("/api/accounts").json()["accounts"]}
    assert listed == {COLLEAGUE: ["auditor"], OPERATOR: ["operator", "supervisor"]}
    about = [record for record in room.audit.latest() if record.subject == COLLEAGUE]
    records = {(record.who, record.action, record.detail) for record in about}
    assert (OPERATOR, "operator.created", '{"roles":["operator"]}') in records
    assert (OPERATOR, "operator.roles_changed", '{"after":["auditor"],"before":["operator"]}') in records
    assert PASSWORD not in supervisor.get("/api/accounts").text


def test_who_gets_other_roles_or_another_password_is_signed_out(room: Room, counter: Counter) -> None:
    supervisor = counter.operator()
    room.accounts.create(COLLEAGUE, PASSWORD, roles={Role.OPERATOR})
    for path, body in (("roles", {"add": ["dpo"]}), ("password", {"password": PASSWORD}), ("close", {})):
        colleague = counter.signed_in(COLLEAGUE)
        assert colleague.get("/api/session").status_code == 200
        assert supervisor.post(f"/api/accounts/{COLLEAGUE}/{path}", json=body).status_code == 200
        assert colleague.get("/api/session").status_code == 401
    assert room.records("operator.password_changed") == room.records("operator.closed") == [COLLEAGUE]
    assert sign_in(counter.stranger(), name=COLLEAGUE) == "wrong_credentials"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("", {"name": "a b", "password": PASSWORD, "roles": ["dpo"]}, 422, "name"),
        ("", {"name": OPERATOR, "password": PASSWORD, "roles": ["dpo"]}, 422, "name"),
        ("", {"name": COLLEAGUE, "password": "short", "roles": ["dpo"]}, 422, "password"),
        ("", {"name": COLLEAGUE, "password": PASSWORD, "roles": []}, 422, "role"),
        ("", {"name": COLLEAGUE, "password": PASSWORD, "roles": ["integrator"]}, 422, "role"),
        (f"/{OPERATOR}/roles", {"remove": ["supervisor"]}, 422, "role"),
        (f"/{OPERATOR}/roles", {"remove": ["operator", "supervisor"]}, 422, "role"),
        (f"/{OPERATOR}/password", {"password": "short"}, 422, "password"),
        (f"/{OPERATOR}/close", {}, 422, "role"),
        ("/nobody/close", {}, 404, None),
        ("/nobody/roles", {"add": ["dpo"]}, 404, None),
        ("/nobody/password", {"password": PASSWORD}, 404, None),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    room: Room, counter: Counter, path: str, body: dict[str, object], status: int, field: str | None
) -> None:
    supervisor = counter.operator()
    before = supervisor.get("/api/accounts").json(), len(room.audit.latest())
    answer = supervisor.post(f"/api/accounts{path}", json=body)
    assert (answer.status_code, answer.json()["error"].get("field")) == (status, field)
    assert (supervisor.get("/api/accounts").json(), len(room.audit.latest())) == before


def test_the_audit_chain_is_read_by_pages_and_reading_is_in_it(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.DPO})
    client = counter.signed_in(OPERATOR)
    records = client.get("/api/audit").json()["records"]
    assert [record["action"] for record in records] == ["audit.viewed", "session.opened", "operator.created"]
    assert records[-1]["detail"] == {"roles": ["dpo"]}
    earlier = client.get("/api/audit", params={"before": records[0]["number"]}).json()["records"]
    assert earlier == records[1:]


def test_a_code_is_asked_for_only_after_the_password_and_counts_once(
    room: Room, counter: Counter, clock: FakeClock
) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    app = app_of(SecondFactors(engine=room.engine, clock=clock).enrol(OPERATOR, by=CONSOLE))
    client = counter.stranger()
    wrong = client.post("/api/login", json={"name": OPERATOR, "password": "not this one", "code": ""})
    assert code_of(wrong) == (403, "wrong_credentials")
    assert sign_in(client) == "code_needed"
    now = app.generate(int(clock.now())).decode()
    assert sign_in(client, f"{now[:3]} {now[3:]}") == ""
    assert sign_in(counter.stranger(), now) == "wrong_credentials"
    clock.advance(30)
    late = app.generate(int(clock.now())).decode()
    clock.advance(30)
    assert sign_in(client, late) == "", "a step late"
    clock.advance(30)
    early = app.generate(int(clock.now()) + 30).decode()
    assert sign_in(client, early) == "", "a step early"
    assert sign_in(client, app.generate(int(clock.now())).decode()) == "wrong_credentials", "before one that was used"
    clock.advance(300)
    assert sign_in(client, app.generate(int(clock.now()) - 60).decode()) == "wrong_credentials", "two steps late"
    assert room.records("operator.code_enrolled") == [OPERATOR]


def test_guessing_codes_bars_the_account(room: Room, counter: Counter, clock: FakeClock) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    app = app_of(SecondFactors(engine=room.engine, clock=clock).enrol(OPERATOR, by=CONSOLE))
    right = app.generate(int(clock.now())).decode()
    client = counter.stranger()
    near = [f"{(int(right) + more) % 10**6:06}" for more in (1, 2)]
    guesses = ["00000x", "①②③④⑤⑥", "1" * 20, *near]
    assert len(guesses) > FREE_FAILURES
    for guess in guesses:
        assert sign_in(client) == "code_needed"
        assert sign_in(client, guess) == "wrong_credentials"
    assert sign_in(client, right) == "wrong_credentials", "barred"
    clock.advance(1)
    assert sign_in(client, right) == ""


def test_the_first_account_of_a_site_that_requires_codes_needs_one(tmp_path: Path, clock: FakeClock) -> None:
    for room in furnish(tmp_path, clock=clock, setup=SetupCode(CODE), coded={Role.SUPERVISOR}):
        with counter_of(room) as counter:
            client = counter.stranger()
            made = client.post("/api/setup", json={"code": CODE, "name": OPERATOR, "password": PASSWORD})
            assert code_of(made) == (403, "code_missing")
            assert sign_in(client) == "code_missing"
            app = app_of(SecondFactors(engine=room.engine, clock=clock).enrol(OPERATOR, by=CONSOLE))
            assert sign_in(client, app.generate(int(clock.now())).decode()) == ""
            room.accounts.create(COLLEAGUE, PASSWORD, roles={Role.OPERATOR})
            assert sign_in(client, name=COLLEAGUE) == "", "nobody but supervisors"


def test_a_token_reads_until_it_is_revoked_or_expires(room: Room, counter: Counter, clock: FakeClock) -> None:
    scene = Scene("C1", "0423.B.03.12", clock.now())
    room.journal.record(lingering(scene))
    tokens = [room.tokens.issue("city", days=2, by=CONSOLE), room.tokens.issue("city", days=1, by=CONSOLE)]
    first, second = (counter.program(token) for token in tokens)
    assert first.get(f"/api/incidents/{scene.incident}").json()["id"] == str(scene.incident)
    assert ("token/city", str(scene.incident)) in {(record.who, record.subject) for record in room.audit.latest()}
    assert second.get("/api/incidents").status_code == 200
    clock.advance(86400)
    assert code_of(second.get("/api/incidents")) == (401, "wrong_token")
    assert first.get("/api/incidents").status_code == 200
    assert room.tokens.revoke("city", by=CONSOLE) == 1
    assert code_of(first.get("/api/incidents")) == (401, "wrong_token")
    assert room.records("token.issued") == ["city", "city"]
    assert room.records("token.revoked") == ["city"]
    assert code_of(counter.program("guess").get("/api/incidents")) == (401, "wrong_token")


def test_a_wrong_token_is_no_way_round_and_a_proxys_password_is_no_token(room: Room, counter: Counter) -> None:
    client = counter.operator()
    both = client.get("/api/session", headers={"Authorization": "Bearer guess"})
    assert code_of(both) == (401, "wrong_token")
    basic = {"Authorization": "Basic cHJveHk6cHJveHk="}
    assert client.get("/api/session", headers=basic).status_code == 200
    forged = client.post("/api/logout", headers=basic | {PROOF_HEADER: ""})
    assert code_of(forged) == (403, "forged")


def test_a_token_is_used_so_often_in_a_minute(room: Room, counter: Counter, clock: FakeClock) -> None:
    client = counter.program(room.tokens.issue("city", days=2, by=CONSOLE))
    other = counter.program(room.tokens.issue("region", days=2, by=CONSOLE))
    answers = [client.get("/api/incidents") for _ in range(PER_MINUTE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert code_of(answers[-1]) == (429, "too_many")
    assert answers[-1].headers["retry-after"] == "60"
    assert other.get("/api/incidents").status_code == 200
    clock.advance(60)
    assert client.get("/api/incidents").status_code == 200


def test_tokens_are_not_in_the_database(room: Room, tmp_path: Path) -> None:
    token = room.tokens.issue("city", days=2, by=CONSOLE)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("vigilanza.db*"))
    assert b"token.issued" in kept
    assert token.encode() not in kept
