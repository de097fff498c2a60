"""Who is meant by a Probe: types and scopes by the rules of WS-Discovery."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.onvif_announced import IDENTITY, XADDR, probe
from vigilanza.bridge.onvif_device.match import WORDS_MAX
from vigilanza.bridge.onvif_device.reply import Replies
from vigilanza.bridge.onvif_device.soap import Fault
from vigilanza.wsdiscovery import DISCOVERY

HERE = "onvif://www.onvif.org"


def is_answered(inside: str) -> bool:
    return Replies(IDENTITY, started=1).to(probe(inside), XADDR) is not None


@pytest.mark.parametrize(
    ("types", "answered"),
    [
        ("", True),
        ("dn:NetworkVideoTransmitter", True),
        ("tds:Device", True),
        (" dn:NetworkVideoTransmitter\n tds:Device ", True),
        ("dn:Device", False),
        ("tds:Device dn:NetworkVideoDisplay", False),
        ("NetworkVideoTransmitter", False),
        ("nobody:NetworkVideoTransmitter", False),
        (":::", False),
        ("tds:Device " * (WORDS_MAX + 1), False),
    ],
)
def test_every_type_must_be_ours(types: str, answered: bool) -> None:
    assert is_answered(f"<d:Types>{types}</d:Types>") is answered


def test_types_are_told_apart_by_namespace_and_not_by_prefix() -> None:
    own = '<d:Types xmlns:x="http://www.onvif.org/ver10/network/wsdl">x:NetworkVideoTransmitter</d:Types>'
    assert is_answered(own)
    assert is_answered(own.replace("xmlns:x", "xmlns").replace("x:Net", "Net"))
    assert not is_answered('<d:Types xmlns:dn="urn:another">dn:NetworkVideoTransmitter</d:Types>')


@pytest.mark.parametrize(
    ("scopes", "answered"),
    [
        ("", True),
        (HERE, True),
        (f"{HERE}/", True),
        (f"{HERE}/location", True),
        (f"{HERE}/location/0423", True),
        (f"{HERE}/location/0423/", True),
        ("ONVIF://WWW.ONVIF.org/location/0423", True),
        (f"{HERE}/name/via%20Esempio%204 {HERE}/type/video_encoder", True),
        (f"{HERE}/name/via%20Esempio%20%34", True),
        (f"{HERE}/Location/0423", False),
        (f"{HERE}/location/042", False),
        (f"{HERE}/location/0423/stairs", False),
        (f"{HERE}/location/../location/0423", False),
        (f"{HERE}/name {HERE}/type/ptz", False),
        (f"{HERE}/Profile/T", False),
        ("http://www.onvif.org/location", False),
        ("onvif://[", False),
    ],
)
def test_every_scope_must_be_the_beginning_of_one_of_ours(scopes: str, answered: bool) -> None:
    assert is_answered(f"<d:Scopes>{scopes}</d:Scopes>") is answered
    for rule in ("rfc3986", "rfc2396"):
        assert is_answered(f'<d:Scopes MatchBy="{DISCOVERY}/{rule}">{scopes}</d:Scopes>') is answered


@pytest.mark.parametrize(
    ("rule", "scope", "answered"),
    [
        (f"{DISCOVERY}/strcmp0", f"{HERE}/location/0423", True),
        (f"{DISCOVERY}/strcmp0", f"{HERE}/location", False),
        (f"{DISCOVERY}/strcmp0", f"{HERE}/Location/0423", False),
        (f"{DISCOVERY}/ldap", f"{HERE}/location/0423", False),
        ("", f"{HERE}/location/0423", False),
    ],
)
def test_other_rules(rule: str, scope: str, answered: bool) -> None:
    assert is_answered(f'<d:Scopes MatchBy="{rule}">{scope}</d:Scopes>') is answered


@given(st.binary(max_size=200), st.integers(0, 900), st.booleans())
def test_whatever_comes_nothing_breaks(noise: bytes, at: int, cut: bool) -> None:
    good, replies = probe("<d:Types>tds:Device</d:Types>"), Replies(IDENTITY, started=1)
    for raw in (good[:at] + noise + (b"" if cut else good[at:]), noise):
        try:
            answer = replies.to(raw, XADDR)
        except Fault:
            continue
        assert answer is None or etree.fromstring(answer) is not None


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60), st.sampled_from(["Types", "Scopes"]))
def test_whatever_is_wanted_nothing_breaks(text: str, name: str) -> None:
    wanted = etree.Element(f"{{{DISCOVERY}}}{name}", nsmap={"d": DISCOVERY})
    wanted.text = text
    assert is_answered(etree.tostring(wanted, encoding="unicode")) in (True, False)
