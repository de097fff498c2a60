"""What is read out of answers to a probe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilanza.capture.discovery import Sighting, read_matches

XADDR = "http://192.0.2.7/onvif/device_service"
DECLARED = 'xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="urn:a" xmlns:d="urn:d"'


def answer(*, declared: str = DECLARED, scopes: str = "", xaddrs: str = XADDR, extra: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><SOAP-ENV:Envelope {declared}><SOAP-ENV:Header><wsa:ReplyTo>'
        "<wsa:Address>urn:not-this</wsa:Address></wsa:ReplyTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches>"
        f"<d:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:1</wsa:Address></wsa:EndpointReference>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs></d:ProbeMatch>{extra}</d:ProbeMatches>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def read(text: str | bytes) -> list[Sighting]:
    return list(read_matches(text if isinstance(text, bytes) else text.encode(), "192.0.2.7"))


PLAIN = [Sighting("192.0.2.7", "", "", XADDR, "urn:uuid:1")]


@pytest.mark.parametrize(
    "text",
    [
        answer(),
        answer(declared=""),
        "\r\n" + answer() + "\0\0\0",
        "HTTP/1.1 200 OK\r\nServer: gSOAP\r\n\r\n" + answer(),
        answer().partition("?>")[2],
        answer().replace("utf-8", "ISO-8859-1"),
        answer().replace("</d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>", ""),
        answer(xaddrs=f"http://[fe80::1]/onvif http://10.0.0.1/onvif {XADDR}"),
    ],
    ids=["good", "undeclared", "noise", "http", "no declaration", "wrong encoding", "cut off", "several"],
)
def test_sloppy_answers_are_understood(text: str) -> None:
    assert read(text) == PLAIN


def test_names_are_read_from_the_scopes() -> None:
    scopes = (
        "onvif://www.onvif.org/type/ptz\n onvif://www.onvif.org/name/Scala%20B onvif://www.onvif.org/hardware/DS-2CD"
    )
    assert [(each.name, each.hardware) for each in read(answer(scopes=scopes))] == [("Scala B", "DS-2CD")]


def test_one_answer_may_announce_several() -> None:
    extra = "<d:ProbeMatch><wsa:Address>urn:uuid:2</wsa:Address><d:XAddrs>http://192.0.2.8/o</d:XAddrs></d:ProbeMatch>"
    assert [(each.xaddr, each.endpoint) for each in read(answer(extra=extra))] == [
        (XADDR, "urn:uuid:1"),
        ("http://192.0.2.8/o", "urn:uuid:2"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"<",
        b"no XML",
        answer(xaddrs=""),
        answer(xaddrs="ftp://192.0.2.7/x http://[/ http:///x http://192.0.2.7:0/x"),
        answer().replace("ProbeMatch", "Probe"),
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><ProbeMatch><XAddrs>&b;</XAddrs></ProbeMatch></a>',
    ],
)
def test_what_is_no_camera_is_passed_over(text: str | bytes) -> None:
    assert read(text) == []


@given(st.binary(max_size=200), st.integers(0, 600), st.booleans())
def test_whatever_comes_nothing_breaks(noise: bytes, at: int, cut: bool) -> None:
    good = answer().encode()
    assert len(read(good[:at] + noise + (b"" if cut else good[at:]))) <= 1
    assert read(noise) == []


@pytest.mark.parametrize(
    "text", ['<?xml version="1.0" encoding="utf-8"', '<?xml encoding="x"?><?xml encoding="y"?><a/>']
)
def test_declarations_that_are_none_are_passed_over(text: str) -> None:
    assert read(text) == []
