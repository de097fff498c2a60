"""The pull feed over real mutual TLS: what counts now, to whom it is for."""

from lxml import etree

from tests.cap import OTHER, PREMISES, ROOM, confirmed
from tests.cap_office import Open
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.bridge.cap_feed import ATOM
from vigilanza.bridge.cap_signature import CapVerifier
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.lab.cap_party import CAP
from vigilanza.lab.cap_receiver import cap_schema
from vigilanza.store.journal import Journal


def _links(feed: bytes) -> list[str]:
    root = etree.fromstring(feed)
    return [link.get("href") for link in root.iter(f"{{{ATOM}}}link")]


def test_the_feed_lists_what_counts_now_and_each_message_is_signed_and_valid(opened: Open) -> None:
    now = SystemClock().now()
    for name, at in (("past", now - 49 * 3600), ("old", now - 3600), ("new", now - 60)):
        confirmed(opened.engine, name=name, at=at)
    journal = Journal(engine=opened.engine, destinations=[ROOM, OTHER], clock=FakeClock(now), site=PREMISES.site)
    journal.record(break_in("expired", count=3, began=now - 49 * 3600))
    journal.decide(Decision(incident_id("expired"), "operator-017", now - 2 * 3600, avs=3))
    journal.decide(Decision(incident_id("old"), "operator-017", now - 10, reason=RejectReason.ANIMAL))
    answer = opened.get("/feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    links = _links(answer.content)
    assert links == [f"cap/VGZ-0423-room-{incident_id(name).hex}-{last}" for name, last in (("old", 1), ("new", 0))]
    schema, verifier = cap_schema(), CapVerifier("room", opened.known.ours.public_file, SystemClock())
    kinds = []
    for link in links:
        message = opened.get(f"/{link}")
        assert message.headers["content-type"] == "application/cap+xml"
        assert schema is not None
        schema.assertValid(etree.fromstring(message.content))
        kinds.append(verifier.verify(message.content).message.findtext(f"{{{CAP}}}msgType"))
    assert kinds == ["Cancel", "Alert"]


def test_each_sees_its_own_messages_only(opened: Open) -> None:
    confirmed(opened.engine, name="new", at=SystemClock().now() - 60)
    [ours], [theirs] = (_links(opened.get("/feed", who=who).content) for who in (opened.known.room, opened.known.other))
    assert ours != theirs
    assert opened.get(f"/{theirs}").status_code == 404
    assert opened.get(f"/{theirs}", who=opened.known.other).status_code == 200
    assert opened.get("/cap/VGZ-..%2f..-0").status_code == 404
    assert opened.counted("unknown") == 2
