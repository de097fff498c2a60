"""A centre whose account on PostgreSQL may make no tables, between an upgrade and the owner's step."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from tests.centre import centre_file, known_of, new_key, read, reception_of
from tests.fakes import FakeClock
from tests.former import LATER, forget_steps
from tests.postgres import Postgres
from tests.samples import BEGAN, break_in, incident_id
from tests.sender import Sender
from vigilanza.cluster.reception import Reception
from vigilanza.domain.edition import Edition
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore
from vigilanza.store.retention import SETTLING_S, Retention
from vigilanza.store.standings import Standings

DAY_S = 86_400.0
GUEST = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DROP ROLE IF EXISTS centre_guest;
CREATE ROLE centre_guest LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO centre_guest;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO centre_guest;
"""


@pytest.fixture(params=["not there", "not ours"])
def guest(postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Of what later steps made nothing is there; or the owner has made it, and lets nobody else use it."""
    owner = open_database(postgres.new_database())
    with owner.begin() as connection:
        forget_steps(connection)
        connection.execute(text("DROP TABLE owed_originals"))
        connection.execute(text(GUEST))
    url = owner.url.set(username="centre_guest").render_as_string(hide_password=False)
    if request.param == "not ours":
        open_database(owner.url.render_as_string(hide_password=False)).dispose()
    guest = open_database(url)
    yield guest
    guest.dispose()
    with owner.begin() as connection:
        connection.execute(text("DROP OWNED BY centre_guest; DROP ROLE centre_guest"))
    owner.dispose()


@pytest.fixture
def site(tmp_path: Path) -> Sender:
    return Sender(new_key(tmp_path, "0423"), "0423")


@pytest.fixture
def reception(tmp_path: Path, site: Sender, guest: Engine) -> Reception:
    url = guest.url.render_as_string(hide_password=False)
    return reception_of(read(centre_file(tmp_path, nats="nats://127.0.0.1:9", sites=["0423"], database=url)), guest)


def test_what_sites_tell_is_recorded(reception: Reception, site: Sender, guest: Engine) -> None:
    reception.take_dispatches([site.event(event, event.sequence + 1, event.sequence) for event in break_in("a")])
    reception.take_pulses([site.pulse(BEGAN, 5, Edition("0.1.0", "ab12cd34ef56"))])
    assert known_of(guest, "0423").told == [(str(incident_id("a")), number) for number in range(5)]
    standing = Standings(guest).all()["0423"]
    assert (standing.taken, standing.missing, standing.runs) == (5, 0, None)
    assert standing.heard_at is not None


def test_what_the_owner_makes_meanwhile_is_used_without_a_restart(
    reception: Reception, site: Sender, guest: Engine
) -> None:
    reception.take_pulses([site.pulse(BEGAN, runs=Edition("0.1.0", "ab12cd34ef56"))])
    owner = open_database(make_url(guest.url).set(username="tester").render_as_string(hide_password=False))
    with owner.begin() as connection:
        for table in LATER:
            connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO centre_guest"))
    owner.dispose()
    reception.take_pulses([site.pulse(BEGAN + 60.0, runs=Edition("0.2.0", "ab12cd34ef56"))])
    assert Standings(guest).all()["0423"].runs == Edition("0.2.0", "ab12cd34ef56")


def test_pictures_are_deleted_at_the_end_of_their_term(tmp_path: Path, reception: Reception, guest: Engine) -> None:
    clock = FakeClock()
    files = MediaStore(root=tmp_path / "media", engine=guest, clock=clock)
    retention = Retention(engine=guest, files=files, clock=clock, term=DAY_S)
    clock.advance(SETTLING_S)
    sender = Sender(tmp_path / "0423.pem", "0423")
    reception.take_dispatches([sender.event(break_in("a", count=1)[0])])
    at = clock.now() - DAY_S - 60.0
    files.add(incident=incident_id("a"), kind="still", start=at, end=at, content=b"a still", suffix=".jpg")
    assert retention.overdue_seconds() == pytest.approx(60.0)
    assert len(retention.run_once().deleted) == 1
    assert retention.overdue_seconds() == 0.0
