"""Whatever is brought to the CAP office: the peer's answer, or a word for why it is none."""

import resource
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.bombs import bombs
from tests.cap import NOW, Parties, parties
from tests.soak import EXAMPLES
from tests.spoilt import NUMBERS, refusal, spoilt
from vigilanza.bridge.cap import place_in
from vigilanza.bridge.cap_reply import REFERENCES_MAX, read_reply
from vigilanza.bridge.cap_signature import CapVerifier, NotGenuine, NotXml
from vigilanza.clock import SystemClock
from vigilanza.lab.cap_party import CAP

REFERENCE = "vigilanza@aler.example.it,VGZ-0423-0123456789abcdef0123456789abcdef-3,2026-11-22T03:14:19+01:00"
WORDS = (
    *NUMBERS,
    *(
        b"",
        b"<a/>",
        b"</alert>",
        b"<!DOCTYPE a>",
        b"<![CDATA[x]]>",
        b"<?a?>",
        b"<!-- a -->",
        b"&#0;",
        b"&#x10ffff;",
        b"&lt;",
    ),
    *(
        b'URI="#a"',
        b'URI=""',
        b"xmlns=''",
        b'xmlns:ds="urn:x"',
        b'Id="a"',
        b"http://www.w3.org/TR/1999/REC-xpath-19991116",
    ),
    *(
        b"http://www.w3.org/TR/1999/REC-xslt-19991116",
        b"http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        b"AA==",
        b"x" * 5000,
    ),
)
MARKED = f'<alert xmlns="{CAP}"><msgType>Ack</msgType><note>%s</note></alert>'


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return parties(tmp_path_factory.mktemp("parties"))


def verifier(known: Parties) -> CapVerifier:
    return CapVerifier("room", known.room.public_file, SystemClock())


@pytest.fixture(scope="module")
def acks(known: Parties) -> Sequence[bytes]:
    """Signed once: a signature is never the same twice."""
    room = known.room
    return [room.sign(room.reply([REFERENCE] * count, at=NOW, identifier="ACK-1")) for count in (1, 3)]


@EXAMPLES
@given(data=st.data())
def test_a_spoilt_answer_is_no_xml_or_not_genuine_or_still_the_peer_s(
    data: st.DataObject, known: Parties, acks: Sequence[bytes]
) -> None:
    """What is read is what was signed: nothing that was put in beside it counts."""
    document = data.draw(spoilt(acks, WORDS))
    try:
        genuine = verifier(known).verify(document)
    except (NotXml, NotGenuine):
        return
    reply = read_reply(genuine)
    assert (reply.kind, reply.status, reply.note) == ("ack", "Exercise", "Ricevuto")
    assert set(map(str, reply.refers)) == {REFERENCE}


@EXAMPLES
@given(data=st.data())
def test_a_peer_who_signs_nonsense_is_told_what_is_wrong(data: st.DataObject, known: Parties) -> None:
    whole = etree.tostring(known.room.reply([REFERENCE], at=NOW))
    try:
        message = etree.fromstring(data.draw(spoilt([whole], WORDS)), etree.XMLParser(resolve_entities=False))
        signed = known.room.sign(message)
    except (etree.LxmlError, ValueError):
        return
    told = refusal(lambda: read_reply(verifier(known).verify(signed)), ValueError)
    assert told != ""
    if told is not None:
        return
    reply = read_reply(verifier(known).verify(signed))
    assert 1 <= len(reply.refers) <= REFERENCES_MAX
    assert reply.note.isprintable()
    for name in reply.refers:
        assert (found := place_in(name.identifier)) is None or found[1] < 10**9


@pytest.mark.parametrize("bomb", bombs(MARKED))
def test_a_bomb_is_refused_unopened(known: Parties, tmp_path: Path, bomb: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises((NotXml, NotGenuine)):
        verifier(known).verify(bombs(MARKED)[bomb])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"
