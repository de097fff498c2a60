"""Roles, one-time codes and tokens on both databases, also one from before there were any."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.former import forget_steps
from vigilanza.domain.errors import AccountRefused, CodeMissing, CodeNeeded, UnknownRecord
from vigilanza.domain.role import FOUNDERS, Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database, writing
from vigilanza.store.roster import Roster
from vigilanza.store.schema_accounts import api_tokens, operator_codes, operator_roles
from vigilanza.store.secondfactor import SecondFactors
from vigilanza.store.tokens import ApiTokens

PASSWORD = "pioggia-sul-Naviglio"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def accounts_of(engine: Engine, clock: FakeClock, *, coded: frozenset[Role] = frozenset()) -> Accounts:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return Accounts(engine=engine, clock=clock, hasher=hasher, coded=coded)


def test_a_database_from_before_there_were_roles_goes_on(database_url: str, engine: Engine, clock: FakeClock) -> None:
    accounts_of(engine, clock).create("anna", PASSWORD)
    with writing(engine) as connection:
        for table in (operator_roles, operator_codes, api_tokens):
            table.drop(connection)
        forget_steps(connection)
    later = open_database(database_url)
    accounts = accounts_of(later, clock)
    assert accounts.authenticate("anna", PASSWORD)
    account = accounts.account_of(accounts.open_session("anna"))
    assert account is not None
    assert account.roles == FOUNDERS
    roster = Roster(engine=later, clock=clock)
    assert roster.change("anna", by="anna", add={Role.DPO}) == FOUNDERS | {Role.DPO}
    assert [member.roles for member in roster.members()] == [FOUNDERS | {Role.DPO}]
    later.dispose()


def test_roles_are_given_and_taken_and_sessions_end(engine: Engine, clock: FakeClock) -> None:
    accounts, roster = accounts_of(engine, clock), Roster(engine=engine, clock=clock)
    accounts.create("anna", PASSWORD)
    accounts.create("bruno", PASSWORD, roles={Role.OPERATOR}, by="anna")
    hers, his = accounts.open_session("anna"), accounts.open_session("bruno")
    assert roster.change("bruno", by="anna", add={Role.AUDITOR}, remove={Role.OPERATOR}) == {Role.AUDITOR}
    assert accounts.account_of(his) is None
    assert accounts.account_of(hers) is not None
    last = AuditChain(engine=engine, clock=clock).latest(1)[0]
    assert (last.who, last.action, last.subject) == ("anna", "operator.roles_changed", "bruno")


def test_a_refused_change_leaves_roles_and_sessions_as_they_were(engine: Engine, clock: FakeClock) -> None:
    accounts, roster = accounts_of(engine, clock), Roster(engine=engine, clock=clock)
    accounts.create("anna", PASSWORD)
    session, records = accounts.open_session("anna"), len(AuditChain(engine=engine, clock=clock).latest())
    for add, remove in ((set(), {Role.SUPERVISOR}), (set(), set(FOUNDERS)), ({Role.INTEGRATOR}, set())):
        with pytest.raises(AccountRefused):
            roster.change("anna", by="anna", add=add, remove=remove)
    with pytest.raises(UnknownRecord):
        roster.change("nobody", by="anna", add={Role.DPO})
    assert [member.roles for member in roster.members()] == [FOUNDERS]
    assert accounts.account_of(session) is not None
    assert len(AuditChain(engine=engine, clock=clock).latest()) == records


def test_codes_count_once_and_a_new_secret_ends_the_old_one(engine: Engine, clock: FakeClock) -> None:
    accounts, factors = accounts_of(engine, clock), SecondFactors(engine=engine, clock=clock)
    accounts.create("anna", PASSWORD)
    session = accounts.open_session("anna")
    old, new = (app_of(factors.enrol("anna", by="anna")) for _ in range(2))
    assert accounts.account_of(session) is None
    with pytest.raises(CodeNeeded):
        accounts.authenticate("anna", PASSWORD)
    now = int(clock.now())
    assert not accounts.authenticate("anna", PASSWORD, old.generate(now).decode())
    assert accounts.authenticate("anna", PASSWORD, new.generate(now).decode())
    assert not accounts.authenticate("anna", PASSWORD, new.generate(now).decode())
    factors.remove("anna", by="anna")
    assert accounts.authenticate("anna", PASSWORD)
    with pytest.raises(UnknownRecord):
        factors.enrol("nobody", by="anna")


def test_a_role_that_needs_codes_has_no_session_without_them(engine: Engine, clock: FakeClock) -> None:
    accounts = accounts_of(engine, clock, coded=frozenset({Role.SUPERVISOR}))
    accounts.create("anna", PASSWORD)
    accounts.create("bruno", PASSWORD, roles={Role.OPERATOR}, by="anna")
    with pytest.raises(CodeMissing, match="vigilanza operator totp anna"):
        accounts.open_session("anna")
    assert accounts.open_session("bruno")


def test_tokens_end_by_their_term_or_by_revocation(engine: Engine, clock: FakeClock) -> None:
    tokens = ApiTokens(engine=engine, clock=clock)
    token = tokens.issue("city", days=1, by="anna")
    account = tokens.account_of(token)
    assert account is not None
    assert account.name == "token/city"
    assert [(each.name, each.issued_by, each.expires_at) for each in tokens.good()] == [
        ("city", "anna", clock.now() + 86400)
    ]
    clock.advance(86400)
    assert tokens.account_of(token) is None
    assert tokens.good() == []
    with pytest.raises(UnknownRecord):
        tokens.revoke("city", by="anna")
    other = tokens.issue("city", days=1, by="anna")
    assert tokens.revoke("city", by="anna") == 1
    assert tokens.account_of(other) is None
    for name, days in (("a/b", 1), ("", 1), ("city", 0), ("city", 731)):
        with pytest.raises(AccountRefused):
            tokens.issue(name, days=days, by="anna")


def app_of(address: str) -> TOTP:
    """An authenticator app that was shown the address."""
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, in six digits; so that the apps' way and ours is the same."""
    app = TOTP(b"12345678901234567890", 6, SHA1(), 30)
    assert [app.generate(at).decode() for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]
