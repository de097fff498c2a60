"""Two persons agree before the configuration protects less; what protects more counts at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError

from tests.fakes import FakeClock
from tests.unit.test_safeguards import CITY, MASK, OLD, seen
from vigilanza.domain.ask import LASTS_SECONDS
from vigilanza.domain.errors import SafeguardRefused
from vigilanza.domain.identity import Identity
from vigilanza.domain.role import Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import writing
from vigilanza.store.identities import Identities
from vigilanza.store.roster import Roster
from vigilanza.store.safeguards import SafeguardBook, digest_of, read_terms, write_terms
from vigilanza.store.schema_safeguards import safeguards

LOOSE = replace(OLD, retention_hours=72, destinations={"city": CITY, "vms": {**CITY, "id": "vms"}})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book(engine: Engine, clock: FakeClock) -> SafeguardBook:
    return SafeguardBook(engine=engine, clock=clock)


def acts(engine: Engine, clock: FakeClock) -> list[tuple[str, str]]:
    """Oldest first."""
    records = AuditChain(engine=engine, clock=clock).latest(100)
    return [(one.who, one.action.removeprefix("safeguards.")) for one in reversed(records)]


def test_the_first_configuration_counts_and_is_on_record(book: SafeguardBook, engine: Engine, clock: FakeClock) -> None:
    assert book.standing(LOOSE).pending == ()
    assert book.settle(LOOSE) == LOOSE
    assert book.settle(LOOSE) == LOOSE
    assert acts(engine, clock) == [("vigilanza", "commissioned")]


def test_what_protects_less_waits_for_two_persons(book: SafeguardBook, engine: Engine, clock: FakeClock) -> None:
    book.settle(OLD)
    assert book.settle(LOOSE) == OLD
    assert book.settle(LOOSE) == OLD  # the same is noted once
    standing = book.standing(LOOSE)
    assert [one.kind for one in standing.pending] == ["retention", "destination_new"]
    with pytest.raises(SafeguardRefused, match="nobody has asked"):
        book.approve(LOOSE, digest=standing.digest, by="bruna")
    book.ask(LOOSE, digest=standing.digest, reason=" furti ", by="anna")
    for same in ("anna", " Anna "):
        with pytest.raises(SafeguardRefused, match="second person"):
            book.approve(LOOSE, digest=standing.digest, by=same)
    assert book.settle(LOOSE) == OLD
    assert book.approve(LOOSE, digest=standing.digest, by="bruna").pending == ()
    assert book.settle(LOOSE) == LOOSE
    assert book.standing(LOOSE).pending == ()
    done = [("vigilanza", "commissioned"), ("vigilanza", "pending"), ("anna", "asked"), ("bruna", "approved")]
    assert acts(engine, clock) == done
    record = AuditChain(engine=engine, clock=clock).latest(1)[0]
    detail = json.loads(record.detail)
    assert (record.subject, detail["reason"], detail["asked_by"]) == (digest_of(LOOSE), "furti", "anna")
    assert detail["weaker"][0] == "retention: 24 h -> 72 h"


def test_what_was_tightened_is_not_loosened_again_by_one(book: SafeguardBook) -> None:
    book.settle(LOOSE)
    assert book.settle(OLD).retention_hours == 24
    assert book.settle(LOOSE).retention_hours == 24


def test_an_approval_is_of_what_was_seen_and_lasts_a_day(book: SafeguardBook, clock: FakeClock) -> None:
    book.settle(OLD)
    seen_now = book.standing(LOOSE).digest
    book.ask(LOOSE, digest=seen_now, reason="furti", by="anna")
    looser = replace(LOOSE, interiors_shown=True)
    with pytest.raises(SafeguardRefused, match="changed since"):
        book.approve(looser, digest=seen_now, by="bruna")
    with pytest.raises(SafeguardRefused, match="nobody has asked"):
        book.approve(looser, digest=digest_of(looser), by="bruna")
    clock.advance(LASTS_SECONDS)
    assert book.standing(LOOSE).ask is None
    with pytest.raises(SafeguardRefused, match="nobody has asked"):
        book.approve(LOOSE, digest=seen_now, by="bruna")


def test_nothing_is_asked_where_nothing_protects_less(book: SafeguardBook) -> None:
    book.settle(OLD)
    with pytest.raises(SafeguardRefused, match="nothing of it"):
        book.ask(OLD, digest=digest_of(OLD), reason="furti", by="anna")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\nb"])
def test_a_reason_is_one_line(book: SafeguardBook, reason: str) -> None:
    book.settle(OLD)
    with pytest.raises(SafeguardRefused):
        book.ask(LOOSE, digest=digest_of(LOOSE), reason=reason, by="anna")


def test_an_approved_mask_does_not_come_back(book: SafeguardBook) -> None:
    book.settle(OLD)
    bare = seen(masks=[])
    assert book.settle(bare).cameras["stairs"]["masks"] == [MASK]
    book.ask(bare, digest=digest_of(bare), reason="balcone tolto", by="anna")
    book.approve(bare, digest=digest_of(bare), by="bruna")
    assert book.settle(bare).cameras["stairs"]["masks"] == []


def test_what_counted_before_is_carried_over_into_another_database(
    book: SafeguardBook, engine: Engine, clock: FakeClock
) -> None:
    assert book.settle(LOOSE, OLD) == OLD
    assert book.settle(LOOSE, LOOSE) == OLD  # this one knows better
    assert acts(engine, clock) == [("vigilanza", "carried_over"), ("vigilanza", "pending")]


def test_an_identity_provider_may_go_at_once_and_comes_back_by_two(book: SafeguardBook, engine: Engine) -> None:
    assert book.settle(OLD) == OLD
    without = replace(OLD, provider={})
    assert book.standing(without).pending == ()
    assert book.counting(without) == without
    assert book.settle(without) == without
    assert book.settle(OLD) == without
    assert [one.kind for one in book.standing(OLD).pending] == ["provider_new"]


def test_an_identity_provider_stays_while_nobody_could_sign_in_without(
    book: SafeguardBook, engine: Engine, clock: FakeClock
) -> None:
    book.settle(OLD)
    accounts, without = Accounts(engine=engine, clock=clock), replace(OLD, provider={})
    accounts.create("anna", "a long pass phrase")
    maria = Identity("https://id.example", "u-1", "maria", frozenset({Role.SUPERVISOR}))
    Identities(engine=engine, clock=clock).account_of(maria)
    assert book.counting(without) == without
    Roster(engine=engine, clock=clock).close("anna", by="maria")
    assert book.settle(without) == OLD
    assert [one.kind for one in book.standing(without).pending] == ["provider_gone"]
    accounts.set_password("anna", "another pass phrase", by="root")
    assert book.standing(without).pending == ()
    assert book.settle(without) == without


def test_parts_that_start_together_agree(book: SafeguardBook, engine: Engine, clock: FakeClock) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(book.settle, [OLD] * 4))
    assert told == [OLD] * 4
    assert acts(engine, clock) == [("vigilanza", "commissioned")]


def test_what_was_agreed_cannot_be_changed_in_the_database(book: SafeguardBook, engine: Engine) -> None:
    book.settle(OLD)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(update(safeguards).values(terms=write_terms(LOOSE)))
    with writing(engine) as connection:
        assert read_terms(connection.execute(select(safeguards.c.terms)).scalar_one()) == OLD


def test_terms_are_read_as_they_were_written() -> None:
    assert read_terms(write_terms(LOOSE)) == LOOSE
    assert digest_of(LOOSE) != digest_of(OLD)
