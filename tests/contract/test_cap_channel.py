"""The CAP channel against a control room that shares no code with it, over real mutual TLS."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier
from sqlalchemy import Engine, select

from tests.cap import NOW, PREMISES, ROOM, SENDER, Parties, channel, claimed, confirmed, endpoint
from tests.fakes import FakeClock
from tests.samples import BEGAN, incident_id
from vigilanza.app.cap import cap_peer
from vigilanza.bridge.cap_channel import CapChannel
from vigilanza.bridge.cap_desk import CapDesk
from vigilanza.bridge.cap_signature import CapSigner, CapVerifier, NotGenuine
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.pictures import NoPictures
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.alert import alert_for_test
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, ConfigError
from vigilanza.lab.cap_receiver import CapReceiver, Inline, Silent
from vigilanza.lab.misbehaviour import Answer, Hang
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.mailbox import Mailbox
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies
from vigilanza.store.schema_bridge import replies


@pytest.fixture
def room(known: Parties) -> Iterator[CapReceiver]:
    ours = known.ours.public_file
    with CapReceiver(party=known.room, caller=ours, signer=ours, clock=SystemClock()) as room:
        yield room


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


def kept(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(replies).order_by(replies.c.position)).all()
    return [(row.kind, row.who, row.note) for row in rows]


def test_a_confirmed_break_in_arrives_valid_and_signed(engine: Engine, known: Parties, room: CapReceiver) -> None:
    incident = confirmed(engine)
    transcript = Transcript()
    receipt = channel(engine, known, room.url).send(claimed(engine).alert, transcript)
    assert receipt.reference.startswith("200 OK; sha256 ")
    [message] = room.received
    assert (room.invalid, room.unverified) == (0, 0)
    assert message.name.startswith(f"{SENDER},VGZ-0423-room-{incident.hex}-0,")
    assert message.text("status") == "Exercise"
    assert transcript.exchange(0.1).sent_bytes == len(message.document)


def test_the_signature_holds_for_xmlsec1_and_no_changed_byte_does(
    engine: Engine, known: Parties, room: CapReceiver, tmp_path: Path
) -> None:
    confirmed(engine)
    channel(engine, known, room.url).send(claimed(engine).alert, Transcript())
    document, certificate = room.received[0].document, known.ours.public_file
    changed = document.replace(b"interno 12", b"interno 13")
    assert changed != document
    for content, holds in ((document, True), (changed, False)):
        file = tmp_path / "message.xml"
        file.write_bytes(content)
        command = [
            "xmlsec1",
            "--verify",
            "--enabled-key-data",
            "key-name",
            "--pubkey-cert-pem",
            str(certificate),
            str(file),
        ]
        assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is holds
    with pytest.raises((InvalidDigest, InvalidSignature)):
        XMLVerifier().verify(
            changed, x509_cert=certificate.read_text(), expect_config=SignatureConfiguration(location="./")
        )
    with pytest.raises(NotGenuine):
        CapVerifier("room", certificate, SystemClock()).verify(changed)
    signature = etree.fromstring(document)[-1]
    algorithms = {value for element in signature.iter() for value in element.attrib.values()}
    assert "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" in algorithms
    assert "http://www.w3.org/2001/10/xml-exc-c14n#" in algorithms
    assert not [one for one in algorithms if "sha1" in one]


def test_a_retry_is_the_same_message_and_a_duplicate_is_a_receipt(
    engine: Engine, known: Parties, room: CapReceiver
) -> None:
    confirmed(engine)
    sender, alert = channel(engine, known, room.url), claimed(engine).alert
    sender.send(alert, Transcript())
    again = channel(engine, known, room.url).send(alert, Transcript())
    assert again.reference.startswith("409 Conflict; had it already; sha256 ")
    assert (len(room.received), room.duplicates) == (1, 1)


def test_the_chain_of_an_incident_refers_to_what_was_sent(engine: Engine, known: Parties, room: CapReceiver) -> None:
    confirmed(engine, count=4)
    journal = Journal(engine=engine, destinations=[ROOM], clock=FakeClock(NOW), site="0423")
    journal.decide(Decision(incident_id("a"), "operator-017", NOW + 20, avs=4))
    journal.decide(Decision(incident_id("a"), "operator-017", NOW + 40, reason=RejectReason.AUTHORISED_WORK))
    journal.decide(Decision(incident_id("a"), "operator-017", NOW + 60, avs=3))
    sender = channel(engine, known, room.url)
    for _ in range(4):
        delivery = claimed(engine)
        Outbox(engine).acknowledge(delivery, sender.send(delivery.alert, Transcript()), NOW)
    first, update, cancel, anew = room.received
    assert [one.text("msgType") for one in room.received] == ["Alert", "Update", "Cancel", "Alert"]
    assert update.text("references") == first.name
    assert cancel.text("references") == f"{first.name} {update.name}"
    assert anew.text("references") is None


def test_a_test_is_marked_as_one(engine: Engine, known: Parties, room: CapReceiver) -> None:
    test = alert_for_test(ROOM, incident=incident_id("test"), at=BEGAN, by="operator-017", site="0423")
    channel(engine, known, room.url, premises=replace(PREMISES, production=True)).send(test, Transcript())
    assert room.received[0].text("status") == "Test"


@pytest.mark.parametrize("status", [200, 201, 204, 409])
def test_these_answers_are_receipts(engine: Engine, known: Parties, room: CapReceiver, status: int) -> None:
    confirmed(engine)
    room.script(Answer(status, body=b""))
    receipt = channel(engine, known, room.url).send(claimed(engine).alert, Transcript())
    assert isinstance(receipt, Receipt)
    assert receipt.reference.startswith(str(status))


@pytest.mark.parametrize("status", [202, 206, 408, 425, 429, 500, 502, 503])
def test_these_answers_are_tried_again(engine: Engine, known: Parties, room: CapReceiver, status: int) -> None:
    confirmed(engine)
    room.script(Answer(status, {"retry-after": "17"}))
    with pytest.raises(ChannelUnavailable, match=str(status)) as raised:
        channel(engine, known, room.url).send(claimed(engine).alert, Transcript())
    assert raised.value.retry_after == (17.0 if status in (429, 503) else None)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 410, 413, 422])
def test_these_answers_wait_for_a_person(engine: Engine, known: Parties, room: CapReceiver, status: int) -> None:
    confirmed(engine)
    room.script(Answer(status, {"location": room.url}))
    with pytest.raises(ChannelRefused, match=str(status)):
        channel(engine, known, room.url).send(claimed(engine).alert, Transcript())
    assert room.requests == 1


def test_silence_ends_at_the_deadline(engine: Engine, known: Parties, room: CapReceiver) -> None:
    confirmed(engine)
    room.script(Hang())
    clock, peer = SystemClock(), cap_peer(endpoint(ROOM, known), PREMISES, SystemClock(), NoPictures())
    line = HttpsLine(
        name=peer.id,
        url=room.url,
        clock=clock,
        ca_file=known.room.public_file,
        client_certificate=known.ours.file,
        allow_loopback=True,
        deadline=0.3,
    )
    desk = CapDesk(peer=peer, mailbox=Mailbox(engine, peer.id), replies=Replies(engine), clock=clock)
    impatient = CapChannel(line=line, peer=peer, desk=desk)
    with pytest.raises(ChannelUnavailable, match="no full answer"):
        impatient.send(claimed(engine).alert, Transcript())


def test_an_answer_that_was_lost_costs_one_duplicate(engine: Engine, known: Parties, room: CapReceiver) -> None:
    confirmed(engine)
    room.script(Silent())
    sender, alert = channel(engine, known, room.url), claimed(engine).alert
    with pytest.raises(ChannelUnavailable):
        sender.send(alert, Transcript())
    assert sender.send(alert, Transcript()).reference.startswith("409")
    assert (len(room.received), room.duplicates) == (1, 1)


def test_neither_side_speaks_to_a_stranger(engine: Engine, known: Parties, room: CapReceiver) -> None:
    confirmed(engine)
    alert = claimed(engine).alert
    with pytest.raises(ChannelUnavailable):
        channel(engine, replace(known, ours=known.stranger), room.url).send(alert, Transcript())
    with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        channel(engine, replace(known, room=known.stranger), room.url).send(alert, Transcript())
    assert room.requests == 0
    assert channel(engine, known, room.url).probe().certificate_until is not None


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_a_signed_reply_in_the_answer_is_kept(engine: Engine, known: Parties, room: CapReceiver, kind: str) -> None:
    confirmed(engine)
    room.script(Inline(kind="Ack" if kind == "Ack" else "Error", note="pattuglia è in arrivo"))
    receipt = channel(engine, known, room.url).send(claimed(engine).alert, Transcript())
    assert f"CAP {kind.lower()}" in receipt.reference
    assert kept(engine) == [(kind.lower(), "room@comune.example.it", "pattuglia è in arrivo")]
    assert AuditChain(engine=engine, clock=SystemClock()).latest(1)[0].action == "alert.replied"


def test_a_reply_that_does_not_count_leaves_the_receipt(engine: Engine, known: Parties, room: CapReceiver) -> None:
    confirmed(engine)
    sender, alert = channel(engine, known, room.url), claimed(engine).alert
    room.script(
        Inline(forged_by=known.stranger),
        Inline(about=f"{SENDER},VGZ-0423-room-{incident_id('b').hex}-0,2026-11-18T12:06:52+01:00"),
        Answer(200, body=b"<html>thank you</html>"),
        Answer(200, body=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
    )
    for _ in range(4):
        assert re.match(r"(200|409) .*sha256 [0-9a-f]{64}$", sender.send(alert, Transcript()).reference)
    assert kept(engine) == []


def test_certificates_that_cannot_be_used_are_told_at_the_start(known: Parties, tmp_path: Path) -> None:
    mixed, empty = tmp_path / "mixed.pem", tmp_path / "empty.pem"
    key = re.search(rb"-----BEGIN PRIV.*?KEY-----\n.*?KEY-----\n", known.room.file.read_bytes(), re.DOTALL)
    assert key is not None
    mixed.write_bytes(key[0] + known.ours.public_file.read_bytes())
    empty.write_bytes(b"")
    for file in (mixed, empty, known.ours.public_file, tmp_path / "none.pem"):
        with pytest.raises(ConfigError, match="room: the signing"):
            CapSigner("room", file)
    with pytest.raises(ConfigError, match="no certificate"):
        CapVerifier("room", empty, SystemClock())
