"""The audit chain: what was written stays, or its change is found. On both databases."""

import hashlib
import json

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from tests.fakes import FakeClock
from vigilanza.domain.errors import AuditBroken, JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import reading, writing
from vigilanza.store.schema import audit


@pytest.fixture
def chain(engine: Engine) -> AuditChain:
    chain = AuditChain(engine=engine, clock=FakeClock(1_795_000_000.123456))
    for number in range(5):
        chain.append(
            who="anna", action="clip.viewed", subject=f"clip {number}", detail={"perché": "verifica", "n": 1.5}
        )
    return chain


def unlock(engine: Engine, table: str = "audit") -> None:
    """What somebody with full rights on the database could do."""
    names = ("append_only",) if engine.dialect.name == "postgresql" else ("no_update", "no_delete")
    with writing(engine) as connection:
        for name in names:
            on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {table}_{name}{on}")


def test_an_intact_chain_verifies_and_tells_what_was_written(chain: AuditChain) -> None:
    assert chain.verify() == 5
    newest = chain.latest(2)
    assert [record.number for record in newest] == [5, 4]
    assert newest[0].previous == newest[1].hash
    assert (newest[0].who, newest[0].subject, newest[0].detail) == ("anna", "clip 4", '{"n":1.5,"perché":"verifica"}')


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_a_record(chain: AuditChain, engine: Engine, verb: str) -> None:
    statement = update(audit).values(who="nobody") if verb == "update" else delete(audit)
    with pytest.raises((DatabaseError, JournalUnavailable), match="append-only"), writing(engine) as connection:
        connection.execute(statement)
    assert chain.verify() == 5


@pytest.mark.parametrize("column", ["at", "who", "action", "subject", "detail", "previous", "hash"])
def test_a_changed_record_is_found_and_named(chain: AuditChain, engine: Engine, column: str) -> None:
    unlock(engine)
    forged: object = 1.0 if column == "at" else "0" * 64
    with writing(engine) as connection:
        connection.execute(update(audit).where(audit.c.number == 3).values({column: forged}))
    with pytest.raises(AuditBroken, match="3"):
        chain.verify()


def test_a_changed_record_with_a_matching_hash_breaks_the_next_one(chain: AuditChain, engine: Engine) -> None:
    unlock(engine)
    with reading(engine) as connection:
        record = connection.execute(select(audit).where(audit.c.number == 3)).one()._asdict() | {"who": "nobody"}
    parts = [record[name] for name in ("number", "at", "who", "action", "subject", "detail", "previous")]
    forged = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
    with writing(engine) as connection:
        connection.execute(update(audit).where(audit.c.number == 3).values(who="nobody", hash=forged))
    with pytest.raises(AuditBroken, match="4"):
        chain.verify()


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_record_is_found_even_the_last(chain: AuditChain, engine: Engine, number: int) -> None:
    unlock(engine)
    with writing(engine) as connection:
        connection.execute(delete(audit).where(audit.c.number == number))
    with pytest.raises(AuditBroken):
        chain.verify()


def test_an_added_record_is_found(chain: AuditChain, engine: Engine) -> None:
    with reading(engine) as connection:
        last = connection.execute(select(audit).where(audit.c.number == 5)).one()._asdict()
    with writing(engine) as connection:
        connection.execute(insert(audit).values(last | {"number": 6, "previous": last["hash"]}))
    with pytest.raises(AuditBroken, match="6"):
        chain.verify()
