"""Pictures of a site that a centre fetches, through a real NATS server with the accounts that we print."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.centre_orders import SITE, serving
from tests.centre_pictures import TERM_S, Borrower, Lender, happened
from tests.commands import wait_until
from tests.fakes import FakeClock
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.picturerefusal import PictureRefused
from vigilanza.domain.picturerequest import PIECE_BYTES
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.retention import SETTLING_S, Retention

STILL, CLIP = b"a still", bytes(range(256)) * 1000
"""The clip is no multiple of a piece."""


@pytest.fixture
def centre(engine: Engine, hub: NatsServer, tmp_path: Path) -> Iterator[Borrower]:
    with serving(Borrower(engine, hub, tmp_path)) as centre:
        yield centre


@pytest.fixture
def site(tmp_path: Path, hub: NatsServer, centre: Borrower) -> Iterator[Lender]:
    site = Lender(tmp_path, hub, SITE, [centre.key.public])
    yield site
    site.engine.dispose()


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_what_is_wanted_is_fetched_whole_and_written_down_at_both_places(centre: Borrower, site: Lender) -> None:
    assert len(CLIP) > 2 * PIECE_BYTES
    assert len(CLIP) % PIECE_BYTES
    incident = site.record(happened("one"), centre.reception)
    kept = [site.keep(incident, "still", STILL), site.keep(incident, "clip", CLIP)]
    site.keep(incident, "original", b"for two key holders")
    assert centre.standing(incident).wanted_at is None
    with site.running():
        centre.wishes.want(incident, by="anna")
        wait_until("the pictures", centre.has(incident, STILL, CLIP), timeout=30)
        wait_until("the end", lambda: centre.standing(incident).missing == 0, timeout=20)
    here = centre.media.for_incident(incident)
    assert [(one.id, one.kind, one.start, one.end, one.covered) for one in here] == [
        (one.id, one.kind, one.start, one.end, True) for one in kept
    ]
    assert set(site.lent()) == {("centre/anna", str(one.id)) for one in kept}
    assert len(site.lent()) == 2, "once for all the pieces"
    assert list(centre.folder.iterdir()) == []


def test_whoever_looks_at_once_shares_one_fetch(centre: Borrower, site: Lender) -> None:
    incident = site.record(happened("one"), centre.reception)
    site.keep(incident, "still", STILL)
    with site.running():
        for name in ("anna", "bruna", "carla"):
            centre.wishes.want(incident, by=name)
        wait_until("the still", centre.has(incident, STILL), timeout=30)
    assert site.counted.count("given") == 1


def test_a_site_that_is_away_is_told_and_gives_them_when_it_is_back(centre: Borrower, site: Lender) -> None:
    incident = site.record(happened("one"), centre.reception)
    site.keep(incident, "still", STILL)
    centre.wishes.want(incident, by="anna")
    wait_until("that it is away", lambda: centre.standing(incident).away, timeout=20)
    assert centre.standing(incident).is_open
    assert centre.standing(incident).heard_at is not None
    with site.running():
        centre.reception.take_pulses([site.pulse()])
        wait_until("the still", centre.has(incident, STILL), timeout=60)
    assert not centre.standing(incident).away


def test_a_site_gives_nothing_of_what_it_has_not_told(centre: Borrower, site: Lender) -> None:
    told = site.record(happened("told"), centre.reception)
    silent = site.record(happened("silent"), None)
    untold = site.keep(silent, "still", b"nobody's business")
    held = site.keep(told, "still", b"of before", at=SystemClock().now() - TERM_S - 60.0)
    original = site.keep(told, "original", b"for two key holders")
    lending = site.lending()
    for incident, sha256 in (
        (silent, untold.sha256),
        (told, untold.sha256),
        (told, original.sha256),
        (told, held.sha256),
    ):
        with pytest.raises(PictureRefused):
            lending.piece(incident, sha256, 0, by="anna")
    with pytest.raises(PictureRefused, match="no such incident"):
        lending.listed(silent, 0)
    assert lending.listed(told, 0) == []
    assert site.lent() == []


@on_sqlite
def test_what_happens_later_is_fetched_too_and_what_was_withdrawn_goes(centre: Borrower, site: Lender) -> None:
    events = happened("one", count=4)
    incident = site.record(events[:3], centre.reception)
    first = site.keep(incident, "still", STILL)
    with site.running():
        centre.wishes.want(incident, by="anna")
        wait_until("the still", centre.has(incident, STILL), timeout=30)
        site.withdrawal.withdraw([first.id], why="made again")
        site.keep(incident, "clip", CLIP)
        site.record(events[3:], centre.reception)
        wait_until("the clip alone", centre.has(incident, CLIP), timeout=30)


def test_a_copy_goes_when_the_site_deletes_what_it_was_made_of(centre: Borrower, site: Lender) -> None:
    incident = site.record(happened("one"), centre.reception)
    at = SystemClock().now() - TERM_S + 3600.0
    site.keep(incident, "still", STILL, at=at)
    with site.running():
        centre.wishes.want(incident, by="anna")
        wait_until("the still", centre.has(incident, STILL), timeout=30)
    clock = FakeClock(SystemClock().now())
    retention = Retention(engine=centre.engine, files=centre.media, clock=clock, term=7 * TERM_S)
    clock.advance(SETTLING_S)
    assert not retention.run_once().tried
    clock.advance(3600.0)
    assert retention.overdue_seconds() > 0.0
    assert len(retention.run_once().deleted) == 1
    assert centre.there(incident) == set()
    assert retention.overdue_seconds() == 0.0


@pytest.mark.parametrize("by", ["anna", f"{SITE}/bruna"])
def test_what_is_confirmed_is_fetched_by_itself_and_what_is_rejected_is_not(
    centre: Borrower, site: Lender, by: str
) -> None:
    confirmed, rejected = (site.record(happened(name), centre.reception) for name in ("real", "false"))
    for incident in (confirmed, rejected):
        site.keep(incident, "still", STILL)
    at = SystemClock().now()
    centre.journal.decide(Decision(rejected, by, at, reason=RejectReason.LIGHT_OR_SHADOW))
    centre.journal.decide(Decision(confirmed, by, at, avs=3))
    with site.running():
        wait_until("the still", centre.has(confirmed, STILL), timeout=30)
    assert centre.standing(confirmed).pinned
    assert centre.standing(rejected).wanted_at is None
    assert {who for who, _ in site.lent()} == {f"centre/{by}"}
