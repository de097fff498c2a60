"""What a centre fetches of its sites, where something is in the way."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.pictureoffice import FIRST, SITE, WHOLE, Office
from vigilanza.cluster.picturepost import JOURNAL_S, KEPT_AT_ONCE
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.database import writing
from vigilanza.store.picturewish import want_pictures
from vigilanza.store.sitepictures import LOOK_AGAIN_S, SETTLED_S, PictureWish, SitePictures


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_what_a_site_made_while_a_slow_line_was_busy_is_fetched_too(office: Office) -> None:
    first = [bytes([number]) for number in range(5)]
    office.line.files = [*first]

    def slowly() -> None:
        office.clock.advance(SETTLED_S / 4)
        office.line.files = [*first, WHOLE]

    office.line.while_fetching = slowly
    office.wishes.want(office.incident, by="anna")
    office.fetch()
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    assert office.there() == {*first, WHOLE}
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    assert not office.wishes.due([SITE])
    standing = office.wishes.standing(office.incident)
    assert standing is not None
    assert not standing.is_open


def test_a_copy_that_was_withdrawn_while_it_was_on_hold_goes_when_the_hold_ends(office: Office) -> None:
    office.line.files = [FIRST]
    until = office.clock.now() + 3600.0
    office.holds.place(office.incident, authority="Procura", protocol="1/26", until=until, by="anna")
    office.fetch()
    office.line.files, office.line.withdrawn = [], [FIRST]
    office.clock.advance(LOOK_AGAIN_S)
    office.fetch()
    office.retention.run_once()
    assert office.there() == {FIRST}, "it is on hold"
    office.clock.advance(3600.0)
    office.retention.run_once()
    assert office.there() == set()


def test_one_file_that_a_site_cannot_give_keeps_no_other_from_coming(office: Office) -> None:
    office.line.files, office.line.damaged = [WHOLE, FIRST], WHOLE  # the smaller one, which is asked for first
    office.wishes.want(office.incident, by="anna")
    office.fetch()
    assert office.there() == {FIRST}
    standing = office.wishes.standing(office.incident)
    assert standing is not None
    assert (standing.is_open, standing.missing, standing.why) == (True, 1, PictureRefusal.FILE_GONE)


class Full(SitePictures):
    """Its database can be read, and takes nothing any more."""

    def learn(self, wish: PictureWish, listed: object) -> None:
        raise JournalUnavailable("database: the disk is full")


def test_a_site_is_not_asked_without_end_while_nothing_can_be_noted(office: Office) -> None:
    office.wishes.want(office.incident, by="anna")
    with office.running(Full(engine=office.engine, clock=office.clock)):
        wait_until("three questions", lambda: office.line.asked > 2, timeout=30)
    assert office.clock.waits.count(JOURNAL_S) == office.line.asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sites_that_are_slow_with_what_is_merely_kept_do_not_hold_up_whoever_waits(office: Office) -> None:
    office.line.files, office.line.slow = [WHOLE], {f"slow {number}" for number in range(KEPT_AT_ONCE + 1)}
    office.sites.extend(office.line.slow)
    for name in office.line.slow:
        incident = office.hear(name, name)
        with writing(office.engine) as connection:
            want_pictures(connection, incident, by="anna", at=office.clock.now(), pinned=True)
    with office.running():
        wait_until("all places of what is kept", lambda: office.line.asked == KEPT_AT_ONCE, timeout=30)
        office.wishes.want(office.incident, by="bruna")
        wait_until("what somebody waits for", lambda: office.there() == {WHOLE}, timeout=30)


class Broken(SitePictures):
    """It does with one site what nobody expected."""

    def learn(self, wish: PictureWish, listed: Sequence[RemotePicture]) -> None:
        if wish.site == SITE:
            raise ZeroDivisionError
        super().learn(wish, listed)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_nobody_expected_is_told_at_once_though_another_site_is_slow(office: Office) -> None:
    office.line.files, office.line.slow = [WHOLE], {"slow"}
    office.sites.append("slow")
    office.wishes.want(office.hear("of the slow one", "slow"), by="anna")
    stop, wishes = threading.Event(), Broken(engine=office.engine, clock=office.clock)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(office.post(wishes).run, stop)
        try:
            wait_until("the slow one", lambda: office.line.asked, timeout=30)
            office.wishes.want(office.incident, by="bruna")
            with pytest.raises(ZeroDivisionError):
                run.result(20.0)
        finally:
            stop.set()
            office.line.goes_on.set()
