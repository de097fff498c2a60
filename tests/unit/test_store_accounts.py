"""Operators, passwords and sessions, on both databases."""

from collections.abc import Callable
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select

from tests.fakes import FakeClock
from vigilanza.domain.errors import AccountRefused
from vigilanza.store.accounts import BARRED_MAX_SECONDS, FREE_FAILURES, IDLE_SECONDS, SESSION_SECONDS, Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import reading
from vigilanza.store.roster import Roster
from vigilanza.store.schema import operators, sessions

PASSWORD = "pioggia-sul-Naviglio"


class CountingHasher(PasswordHasher):
    """Cheap, and counts how often it worked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        self.meanwhile()
        return super().verify(hash, password)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def accounts(engine: Engine, clock: FakeClock, hasher: CountingHasher) -> Accounts:
    return Accounts(engine=engine, clock=clock, hasher=hasher)


def holder(accounts: Accounts, token: str) -> str | None:
    """Whose session it is."""
    account = accounts.account_of(token)
    return None if account is None else account.name


def test_there_is_no_account_until_one_is_made(accounts: Accounts) -> None:
    assert not accounts.has_any()
    assert not accounts.authenticate("admin", "admin")
    accounts.create("anna", PASSWORD)
    assert accounts.has_any()


def test_only_the_right_password_opens(accounts: Accounts) -> None:
    accounts.create("anna", PASSWORD)
    assert accounts.authenticate("anna", PASSWORD)
    assert not accounts.authenticate("anna", PASSWORD.upper())
    assert not accounts.authenticate("bruno", PASSWORD)


@pytest.mark.parametrize(("name", "password"), [("anna", "elevenchars"), ("", PASSWORD), ("a b", PASSWORD)])
def test_weak_passwords_and_odd_names_are_refused(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(AccountRefused, match="has"):
        accounts.create(name, password)
    assert not accounts.has_any()


@pytest.mark.parametrize(
    "name", ["anna\0", "\0", "\ud800", "", "x" * 10_000], ids=["end", "nul", "half", "none", "long"]
)
def test_a_name_that_nobody_can_have_opens_nothing(accounts: Accounts, hasher: CountingHasher, name: str) -> None:
    accounts.create("anna", PASSWORD)
    assert not accounts.authenticate(name, PASSWORD)
    assert hasher.verified == 1


def test_a_password_that_is_changed_while_it_is_compared_opens_nothing(
    accounts: Accounts, hasher: CountingHasher
) -> None:
    accounts.create("anna", PASSWORD)
    hasher.meanwhile = lambda: accounts.set_password("anna", f"{PASSWORD}-2", by="bruno")
    assert not accounts.authenticate("anna", PASSWORD)
    hasher.meanwhile = lambda: None
    assert accounts.authenticate("anna", f"{PASSWORD}-2")


def test_an_account_that_is_closed_while_its_person_signs_in_has_no_session(
    accounts: Accounts, hasher: CountingHasher, engine: Engine, clock: FakeClock
) -> None:
    accounts.create("anna", PASSWORD)
    accounts.create("bruno", PASSWORD)
    roster = Roster(engine=engine, clock=clock)
    hasher.meanwhile = lambda: roster.close("anna", by="bruno")
    assert not accounts.authenticate("anna", PASSWORD)
    with pytest.raises(AccountRefused, match="anna was closed"):
        accounts.open_session("anna")


def test_a_name_is_given_once(accounts: Accounts) -> None:
    accounts.create("anna", PASSWORD)
    with pytest.raises(AccountRefused, match="already"):
        accounts.create("anna", "another-password")
    assert accounts.authenticate("anna", PASSWORD)


def test_the_same_work_is_done_whoever_asks(accounts: Accounts, hasher: CountingHasher, clock: FakeClock) -> None:
    accounts.create("anna", PASSWORD)
    for _ in range(FREE_FAILURES + 1):
        accounts.authenticate("anna", "wrong")
    for name, password in (("anna", PASSWORD), ("anna", "wrong"), ("nobody", PASSWORD)):
        before = hasher.verified
        assert not accounts.authenticate(name, password)
        assert hasher.verified == before + 1


def test_guessing_bars_the_account_for_longer_and_longer_but_never_long(accounts: Accounts, clock: FakeClock) -> None:
    accounts.create("anna", PASSWORD)
    for _ in range(FREE_FAILURES):
        accounts.authenticate("anna", "wrong")
    assert accounts.authenticate("anna", PASSWORD)
    for _ in range(FREE_FAILURES + 1):
        accounts.authenticate("anna", "wrong")
    assert not accounts.authenticate("anna", PASSWORD)
    clock.advance(1.0)
    accounts.authenticate("anna", "wrong")
    clock.advance(1.9)
    assert not accounts.authenticate("anna", PASSWORD)
    clock.advance(0.1)
    assert accounts.authenticate("anna", PASSWORD)
    for _ in range(40):
        accounts.authenticate("anna", "wrong")
        clock.advance(BARRED_MAX_SECONDS)
    assert accounts.authenticate("anna", PASSWORD)


def test_a_session_lasts_twelve_hours_or_until_it_is_closed(accounts: Accounts, clock: FakeClock) -> None:
    accounts.create("anna", PASSWORD)
    first, second = accounts.open_session("anna"), accounts.open_session("anna")
    assert first != second
    assert holder(accounts, first) == holder(accounts, second) == "anna"
    assert holder(accounts, "guess") is None
    accounts.close_session(first)
    accounts.close_session("guess")
    assert holder(accounts, first) is None
    for _ in range(int(SESSION_SECONDS // 1800) - 1):
        clock.advance(1800)
        assert holder(accounts, second) == "anna"
    clock.advance(1799)
    assert holder(accounts, second) == "anna"
    clock.advance(1)
    assert holder(accounts, second) is None


def test_a_session_that_nobody_uses_is_over_in_an_hour(accounts: Accounts, clock: FakeClock, engine: Engine) -> None:
    accounts.create("anna", PASSWORD)
    used, unused = accounts.open_session("anna"), accounts.open_session("anna")
    assert holder(accounts, used) == holder(accounts, unused) == "anna"
    clock.advance(IDLE_SECONDS - 1)
    assert holder(accounts, used) == "anna"
    clock.advance(1)
    assert holder(accounts, used) == "anna"
    assert holder(accounts, unused) is None
    assert AuditChain(engine=engine, clock=clock).latest(1)[0].action == "session.closed"
    clock.advance(-IDLE_SECONDS)
    assert holder(accounts, unused) is None


def test_neither_passwords_nor_tokens_are_in_the_database(accounts: Accounts, engine: Engine) -> None:
    accounts.create("anna", PASSWORD)
    token = accounts.open_session("anna")
    with reading(engine) as connection:
        stored = str(connection.execute(select(operators)).all()) + str(connection.execute(select(sessions)).all())
    assert PASSWORD not in stored
    assert token not in stored
    assert "$argon2id$" in stored


def test_coming_going_and_failing_is_audited(accounts: Accounts, engine: Engine, clock: FakeClock) -> None:
    accounts.create("anna", PASSWORD)
    accounts.authenticate("anna", "wrong")
    accounts.close_session(accounts.open_session("anna"))
    chain = AuditChain(engine=engine, clock=clock)
    assert [record.action for record in reversed(chain.latest())] == [
        "operator.created",
        "login.failed",
        "session.opened",
        "session.closed",
    ]
    assert PASSWORD not in str(chain.latest())
