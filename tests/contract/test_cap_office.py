"""The office over real mutual TLS: answers that count, and those that do not."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier
from sqlalchemy import select

from tests.cap import NOW, PREMISES, Parties, claimed, confirmed, paid, reference
from tests.cap_office import Open
from tests.samples import incident_id
from vigilanza.bridge.cap_office import BODY_MAX_BYTES
from vigilanza.bridge.cap_signature import DS
from vigilanza.clock import SystemClock
from vigilanza.lab.cap_party import CAP, issue_party, make_party
from vigilanza.store.database import open_database
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema_bridge import replies, transitions

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2" id="&g;"><note>&g;</note></alert>"""


def test_an_ack_is_kept_once_and_the_same_again_changes_nothing(opened: Open, sent: str) -> None:
    room = opened.known.room
    ack = room.reply([sent], at=NOW, note="pattuglia <in> arrivo & co")
    assert opened.post(room.sign(ack)).status_code == 200
    after = opened.state()
    for again in (room.sign(ack), room.sign(deepcopy(ack))):
        answer = opened.post(again)
        assert (answer.status_code, answer.text.split(":")[0]) == (409, "replayed")
    assert opened.state() == after
    assert opened.counted("replayed") == 2
    with opened.engine.connect() as connection:
        assert "late_acknowledged" not in connection.execute(select(transitions.c.what)).scalars().all()
        [row] = connection.execute(select(replies)).all()
    assert (row.kind, row.who, row.note) == ("ack", "room@comune.example.it", "pattuglia <in> arrivo & co")
    labels = {"destination": "room", "kind": "ack"}
    assert opened.registry.get_sample_value("vigilanza_cap_replies_total", labels) == 1


def test_an_ack_pays_a_debt_that_could_not_be_brought_and_an_error_does_not(opened: Open) -> None:
    confirmed(opened.engine)
    delivery = claimed(opened.engine)
    refers = reference(opened.engine, delivery.alert.incident)
    assert opened.post(opened.ack(refers, kind="Error")).status_code == 200
    assert Outbox(opened.engine).standing("room").owed == 1
    assert opened.post(opened.ack(refers)).status_code == 200
    assert Outbox(opened.engine).standing("room").owed == 0
    assert "CAP Ack" in Outbox(opened.engine).log_of(delivery.alert.id)[-1]


def _unsigned(opened: Open, sent: str) -> bytes:
    return bytes(etree.tostring(opened.known.room.reply([sent], at=NOW)))


def _tampered(opened: Open, sent: str) -> bytes:
    return opened.ack(sent).replace(b"Ricevuto", b"Respinto")


def _wrapped(opened: Open, sent: str) -> bytes:
    """The genuine message, signature and all, inside a forged one that carries a copy of the signature."""
    genuine = etree.fromstring(opened.ack(sent))
    forged = opened.known.room.reply([sent], at=NOW, note="forged")
    forged.append(deepcopy(genuine.find(f"{{{DS}}}Signature")))
    forged.append(genuine)
    return bytes(etree.tostring(forged))


def _wrapped_by_id(opened: Open, sent: str) -> bytes:
    """A genuine signature, made over an id, and what it covers, moved into a forged message: the library alone
    believes it.
    """
    genuine, room = opened.known.room.reply([sent], at=NOW), opened.known.room
    genuine.set("Id", "x")
    signed = etree.fromstring(room.sign(genuine, reference="#x"))
    signature = signed.find(f"{{{DS}}}Signature")
    signed.remove(signature)
    forged = room.reply([sent], at=NOW, note="forged")
    forged.extend([signed, signature])
    document = bytes(etree.tostring(forged))
    config = SignatureConfiguration(location="./")
    XMLVerifier().verify(document, x509_cert=room.public_file.read_text(), expect_config=config)
    return document


def _signature_below(opened: Open, sent: str) -> bytes:
    outer = etree.Element(f"{{{CAP}}}alert")
    outer.append(etree.fromstring(opened.ack(sent)))
    return bytes(etree.tostring(outer))


def _external(opened: Open, sent: str) -> bytes:
    head = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return head + opened.ack(sent).replace(b"Ricevuto", b"&x;")


def _deep(opened: Open, sent: str) -> bytes:
    return b"<a>" * 5000 + b"</a>" * 5000


def _to_another(opened: Open, sent: str) -> bytes:
    return opened.ack(reference(opened.engine, incident_id("a"), room="other"))


def _unknown_alert(opened: Open, sent: str) -> bytes:
    return opened.ack(sent.replace(incident_id("a").hex, incident_id("zz").hex))


def _one_of_two_unknown(opened: Open, sent: str) -> bytes:
    return opened.ack(sent, sent.replace("-0,", "-77,"))


def _other_sent(opened: Open, sent: str) -> bytes:
    return opened.ack(sent[:-9] + "9" + sent[-8:])


def _an_alert(opened: Open, sent: str) -> bytes:
    return opened.ack(sent, kind="Alert")


@pytest.mark.parametrize(
    ("make", "status", "why"),
    [
        (_unsigned, 403, "not_genuine"),
        (_tampered, 403, "not_genuine"),
        (lambda opened, sent: opened.ack(sent, who=opened.known.stranger), 403, "not_genuine"),
        (lambda opened, sent: opened.ack(sent, who=opened.known.other), 403, "not_genuine"),
        (_wrapped, 403, "not_genuine"),
        (_wrapped_by_id, 403, "not_genuine"),
        (_signature_below, 403, "not_genuine"),
        (lambda opened, sent: BOMB, 400, "not_xml"),
        (_external, 400, "not_xml"),
        (_deep, 400, "not_xml"),
        (lambda opened, sent: b"", 400, "not_xml"),
        (lambda opened, sent: b"\xff\xfe\x00", 400, "not_xml"),
        (lambda opened, sent: b" " * (BODY_MAX_BYTES + 1), 413, "too_large"),
        (_to_another, 404, "unknown"),
        (_unknown_alert, 404, "unknown"),
        (_one_of_two_unknown, 404, "unknown"),
        (_other_sent, 404, "unknown"),
        (lambda opened, sent: opened.ack("nothing,of,ours"), 404, "unknown"),
        (_an_alert, 422, "not_a_reply"),
        (lambda opened, sent: opened.ack(), 422, "not_a_reply"),
        (lambda opened, sent: opened.ack("a,b"), 422, "not_a_reply"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_what_does_not_count_is_told_counted_and_changes_nothing(
    opened: Open, sent: str, make: object, status: int, why: str
) -> None:
    assert callable(make)
    before = opened.state()
    answer = opened.post(make(opened, sent))
    assert (answer.status_code, answer.text.split(":")[0]) == (status, why)
    assert opened.counted(why) == 1
    assert opened.state() == before


def test_nobody_without_a_pinned_certificate_gets_past_the_handshake(opened: Open, sent: str) -> None:
    ack = opened.ack(sent)
    with pytest.raises((httpx.TransportError, OSError)):
        opened.post(ack, who=opened.known.stranger)
    trusting = ssl.create_default_context(cafile=str(opened.known.ours.public_file))
    bare = httpx.Client(verify=trusting, trust_env=False)
    with bare, pytest.raises((httpx.TransportError, OSError)):
        bare.post(f"{opened.url}/cap", content=ack)
    assert opened.post(ack, who=opened.known.other).status_code == 403
    assert opened.counted("not_genuine", destination="other") == 1


def test_a_certificate_that_a_pinned_one_issued_is_a_stranger(tmp_path: Path, known: Parties) -> None:
    now = SystemClock().now()
    authority = make_party(tmp_path, "room", at=now, authority=True)
    child = issue_party(tmp_path, "child", at=now, issuer=authority)
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    with Open(engine, Parties(known.ours, authority, known.other, known.stranger)) as opened:
        assert opened.get("/feed").status_code == 200
        assert opened.get("/feed", who=child).status_code == 403
        assert opened.counted("stranger", destination="?") == 1


def test_an_actual_message_wants_an_actual_ack(tmp_path: Path, known: Parties) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    refers = reference(engine, paid(engine, confirmed(engine)).alert.incident)
    with Open(engine, known, premises=replace(PREMISES, production=True)) as opened:
        assert opened.post(opened.ack(refers, status="Exercise")).status_code == 422
        assert opened.counted("not_actual") == 1
        assert opened.post(opened.ack(refers, status="Actual")).status_code == 200


def test_of_the_same_ack_brought_at_once_one_is_kept(opened: Open, sent: str) -> None:
    ack = opened.ack(sent)
    with ThreadPoolExecutor(4) as callers:
        answers = [answer.status_code for answer in callers.map(opened.post, [ack] * 4)]
    assert sorted(answers) == [200, 409, 409, 409]
    assert len(opened.state()[0]) == 1  # type: ignore[arg-type]
